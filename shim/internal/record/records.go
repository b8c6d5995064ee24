package record

import "time"

// Codes of the failures that the shim finds itself; the transporter has more.
const (
	PathRefused     = "PathRefused"
	WorkdirUnusable = "WorkdirUnusable"
	FileUnplaceable = "FileUnplaceable"
	StdinMissing    = "StdinMissing"
	NodeRestarted   = "NodeRestarted"
)

// Failure is a reason that a stage knows; its message is one sentence for the task's owner.
type Failure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (f *Failure) Error() string { return f.Message }

// Started says that a command may have been executed; it is durable before the command is.
type Started struct {
	StartedAt time.Time `json:"startedAt"`
	Boot      string    `json:"boot,omitempty"`
}

// Result is how an executor ended.
type Result struct {
	StartedAt   time.Time `json:"startedAt"`
	EndedAt     time.Time `json:"endedAt"`
	ExitCode    *int      `json:"exitCode,omitempty"`
	Signal      int       `json:"signal,omitempty"`
	Killed      bool      `json:"killed,omitempty"`      // the whole container ended without a result
	Signalled   bool      `json:"signalled,omitempty"`   // somebody outside asked the command to stop
	TimedOut    bool      `json:"timedOut,omitempty"`    // the run deadline passed while the command ran
	Skipped     bool      `json:"skipped,omitempty"`     // never started, because something before it failed
	IgnoreError bool      `json:"ignoreError,omitempty"` // as the task says; later executors read it here
	Failure     *Failure  `json:"failure,omitempty"`
	StdoutBytes int64     `json:"stdoutBytes"`
	StderrBytes int64     `json:"stderrBytes"`
	Boot        string    `json:"boot,omitempty"` // the boot of the node in which the command's files were written
}

// StopsTask tells whether the executors after this one must not run. ignore_error speaks about the command's own end,
// never about a deadline, nor about a failure of ours to start it or to keep its files.
func (r Result) StopsTask() bool {
	if r.Skipped || r.TimedOut || r.Failure != nil {
		return true
	}
	succeeded := r.ExitCode != nil && *r.ExitCode == 0 && !r.Killed && !r.Signalled
	return !succeeded && !r.IgnoreError
}

// Inputs is what the stage inputs did.
type Inputs struct {
	StartedAt time.Time `json:"startedAt"`
	EndedAt   time.Time `json:"endedAt"`
	Files     int64     `json:"files"`
	Bytes     int64     `json:"bytes"`
	Failure   *Failure  `json:"failure,omitempty"`
	Boot      string    `json:"boot,omitempty"` // the boot of the node in which the files were brought in
}

// Now is the time for records: UTC, so that no time zone of the user's environment shows.
func Now() time.Time { return time.Now().UTC() }
