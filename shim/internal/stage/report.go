package stage

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"sort"
	"time"
	"unicode/utf8"

	"orrery.dev/shim/internal/layout"
	"orrery.dev/shim/internal/record"
	"orrery.dev/shim/internal/spec"
	"orrery.dev/shim/internal/tail"
)

const (
	reportVersion      = 1
	defaultReportBytes = 4 << 20
	// maxTailBytes bounds what is read of one stream's tail.
	maxTailBytes = 4 << 20
	// maxWarnings bounds the list; the first ones tell the story.
	maxWarnings = 100
	// tailStep is how exactly tails are cut: each try encodes the whole report.
	tailStep = 64
	// summaryBytes is room for the summary that replaces the end of a list that was cut.
	summaryBytes = 80
)

// report is what the server reads from the log of the stage outputs.
type report struct {
	Version   int              `json:"version"`
	Inputs    *record.Inputs   `json:"inputs,omitempty"`
	Executors []executorReport `json:"executors"`
	Outputs   []upload         `json:"outputs"`
	Summary   *uploadSummary   `json:"outputsSummary,omitempty"` // only when the list was cut
	Warnings  []string         `json:"warnings"`
	Failure   *record.Failure  `json:"failure,omitempty"`
	Complete  bool             `json:"complete"`
	StartedAt time.Time        `json:"startedAt"`
	EndedAt   time.Time        `json:"endedAt"`

	lost bool // files of the task may be lost by a restart of the node
}

type executorReport struct {
	Index int `json:"index"`
	record.Result
	Stdout string `json:"stdout,omitempty"`
	Stderr string `json:"stderr,omitempty"`

	stdoutTail, stderrTail []byte
}

type upload struct {
	URL       string `json:"url"`
	Path      string `json:"path"`
	SizeBytes int64  `json:"sizeBytes"`
}

type uploadSummary struct {
	Files int64 `json:"files"`
	Bytes int64 `json:"bytes"`
}

// fitReport makes the report's line of at most limit bytes. The tails get what the list of outputs does not need, and
// at least half; each may be as long as any other. What does not fit of the list is summarised.
func fitReport(r report, limit int) ([]byte, report, error) {
	if limit <= 0 {
		limit = defaultReportBytes
	}
	if excess := len(r.Warnings) - maxWarnings; excess > 0 {
		r.Warnings = append(r.Warnings[:maxWarnings:maxWarnings], fmt.Sprintf("%d more warnings were left out.", excess))
	}
	all := r.Outputs
	wanted, err := record.Compact(all)
	if err != nil {
		return nil, r, err
	}
	r.Outputs = []upload{}
	used, err := r.fitTails(limit - min(len(wanted), limit/2))
	if err != nil {
		return nil, r, err
	}
	if err := r.keepOutputs(all, limit-used); err != nil {
		return nil, r, err
	}
	line, err := record.Compact(r)
	return line, r, err
}

// fitTails gives every tail the same most bytes with which the report takes at most room, and returns what it takes.
func (r *report) fitTails(room int) (used int, err error) {
	longest := r.longestTail()
	fits := func(steps int) bool {
		r.setTails(max(longest-steps*tailStep, 0))
		var line []byte
		line, err = record.Compact(r)
		used = len(line)
		return err != nil || used <= room
	}
	if fits(0) {
		return used, err
	}
	fits(sort.Search(longest/tailStep+1, fits))
	return used, err
}

// longestTail is what the longest tail can take as text: each of its bytes may be invalid and become a character of three.
func (r *report) longestTail() int {
	longest := 0
	for _, e := range r.Executors {
		longest = max(longest, len(e.stdoutTail), len(e.stderrTail))
	}
	return longest * utf8.RuneLen(utf8.RuneError)
}

func (r *report) setTails(size int) {
	for i := range r.Executors {
		e := &r.Executors[i]
		e.Stdout = tail.Text(e.stdoutTail, size, e.StdoutBytes)
		e.Stderr = tail.Text(e.stderrTail, size, e.StderrBytes)
	}
}

// keepOutputs takes outputs from the front while they fit into room bytes. A summary of a list that the transporter has
// cut before stays.
func (r *report) keepOutputs(all []upload, room int) error {
	kept, used := 0, 0
	summary := uploadSummary{Files: int64(len(all))}
	for _, u := range all {
		line, err := record.Compact(u)
		if err != nil {
			return err
		}
		summary.Bytes += u.SizeBytes
		used += len(line) + len(",")
		if used <= room-summaryBytes {
			kept++
		}
	}
	if used <= room {
		kept = len(all)
	}
	r.Outputs = append(r.Outputs, all[:kept]...)
	if kept < len(all) && r.Summary == nil {
		r.Summary = &summary
	}
	return nil
}

// publish prints the framed report and writes the termination message that lets the server check the frame.
func publish(l layout.Layout, o spec.Outputs, line []byte, r report) error {
	sum := sha256.Sum256(line)
	frame := fmt.Appendf(nil, "orrery-report %d %d %s\n", reportVersion, len(line), hex.EncodeToString(sum[:]))
	if _, err := os.Stdout.Write(append(append(frame, line...), '\n')); err != nil {
		return fmt.Errorf("the report cannot be printed: %w", err)
	}
	emit(l, o.MessageBytes, r.Failure, func(failure *record.Failure) any {
		return message{
			Report:   checksum{Length: len(line), SHA256: hex.EncodeToString(sum[:])},
			Complete: r.Complete,
			Failure:  failure,
		}
	})
	return nil
}

type message struct {
	Report   checksum        `json:"report"`
	Complete bool            `json:"complete"`
	Failure  *record.Failure `json:"failure,omitempty"`
}

type checksum struct {
	Length int    `json:"length"`
	SHA256 string `json:"sha256"`
}
