package stage

import (
	"orrery.dev/shim/internal/layout"
	"orrery.dev/shim/internal/record"
	"orrery.dev/shim/internal/tail"
)

// lastWords is the message of a command that was asked to stop: no report may ever follow, so it carries as much of the
// ends of both streams as fits.
type lastWords struct {
	record.Result
	Stdout string `json:"stdout,omitempty"`
	Stderr string `json:"stderr,omitempty"`
}

func withLastWords(l layout.Layout, limit int, result record.Result) lastWords {
	if limit <= 0 {
		limit = record.DefaultMessageBytes
	}
	words := lastWords{Result: result}
	stdout, _ := record.Read(l.Record, record.StdoutTailFile, maxTailBytes)
	stderr, _ := record.Read(l.Record, record.StderrTailFile, maxTailBytes)
	for size := limit; size > 0; size = size * 3 / 4 {
		words.Stdout = tail.Text(stdout, size, result.StdoutBytes)
		words.Stderr = tail.Text(stderr, size, result.StderrBytes)
		if text, err := record.Compact(words); err == nil && len(text) <= limit {
			return words
		}
	}
	return lastWords{Result: result}
}
