package stage

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"orrery.dev/shim/internal/record"
)

func reportWith(tails, tailBytes, outputs, warnings int) report {
	r := report{Outputs: []upload{}, Warnings: []string{}, Executors: []executorReport{}}
	for i := range tails {
		r.Executors = append(r.Executors, executorReport{
			Index:      i,
			Result:     record.Result{StdoutBytes: int64(tailBytes)},
			stdoutTail: []byte(strings.Repeat("\n", tailBytes)),
		})
	}
	for i := range outputs {
		r.Outputs = append(r.Outputs, upload{URL: fmt.Sprintf("file:///out/%d", i), SizeBytes: 2})
	}
	for i := range warnings {
		r.Warnings = append(r.Warnings, fmt.Sprint(i))
	}
	return r
}

func TestAReportFitsItsLimit(t *testing.T) {
	const limit = 8192
	for _, test := range []struct {
		name                     string
		tails, tailBytes         int
		outputs, warnings        int
		kept, minimumOfEachTail  int
		isSummarised, isWarnedOf bool
	}{
		{"everything fits", 2, 100, 3, 1, 3, 100, false, false},
		{"long tails are cut evenly, outputs stay", 4, 4000, 3, 0, 3, 800, false, false},
		{"a long list is cut and summarised", 1, 100, 1000, 0, 100, 100, true, false},
		{"both", 4, 4000, 1000, 0, 50, 300, true, false},
		{"tails that are short leave more to the list", 1, 10, 1000, 0, 150, 10, true, false},
		{"a short list leaves more to the tails", 1, 3800, 3, 0, 3, 3800, false, false},
		{"many warnings are counted", 0, 0, 0, 1000, 0, 0, false, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			line, r, err := fitReport(reportWith(test.tails, test.tailBytes, test.outputs, test.warnings), limit)
			if err != nil || len(line) > limit || !json.Valid(line) {
				t.Fatalf("%d bytes, %v", len(line), err)
			}
			if len(r.Outputs) < test.kept || (r.Summary != nil) != test.isSummarised {
				t.Errorf("%d outputs, summary %+v", len(r.Outputs), r.Summary)
			}
			if r.Summary != nil && *r.Summary != (uploadSummary{Files: 1000, Bytes: 2000}) {
				t.Errorf("summary %+v", r.Summary)
			}
			for _, e := range r.Executors {
				if len(e.Stdout) < test.minimumOfEachTail || len(e.Stdout) != len(r.Executors[0].Stdout) {
					t.Errorf("tail of %d bytes", len(e.Stdout))
				}
			}
			if last := len(r.Warnings) - 1; test.isWarnedOf && r.Warnings[last] != "900 more warnings were left out." {
				t.Errorf("warnings end with %q", r.Warnings[last])
			}
		})
	}
}

func TestTheReportHoldsAllTailsThatFit(t *testing.T) {
	for _, test := range []struct{ executors, tailBytes, limit, atLeast int }{
		{1, 64 << 10, defaultReportBytes, 64 << 10},
		{63, 64 << 10, defaultReportBytes, 64 << 10},
		{128, 8 << 10, defaultReportBytes / 8, 3700},
	} {
		r := reportWith(test.executors, 0, 0, 0)
		for i := range r.Executors {
			e := &r.Executors[i]
			e.stdoutTail = []byte(strings.Repeat("x", test.tailBytes))
			e.StdoutBytes = int64(test.tailBytes)
		}
		line, fitted, err := fitReport(r, test.limit)
		if err != nil || len(line) > test.limit {
			t.Fatalf("%d bytes, %v", len(line), err)
		}
		for _, e := range fitted.Executors {
			if kept := strings.Count(e.Stdout, "x"); kept < test.atLeast {
				t.Fatalf("%d executors: %d bytes of executor %d are kept", test.executors, kept, e.Index)
			}
		}
	}
}

func TestTheSummaryOfAListThatTheTransporterCutStays(t *testing.T) {
	for _, outputs := range []int{3, 1000} {
		r := reportWith(0, 0, 0, 0)
		all := reportWith(0, 0, outputs, 0).Outputs
		want := uploadSummary{Files: 500_000, Bytes: 1_000_000}
		r.addUploads(uploadResult{Outputs: all, Summary: &want})
		line, fitted, err := fitReport(r, 8192)
		if err != nil || len(line) > 8192 || fitted.Summary == nil || *fitted.Summary != want {
			t.Errorf("%d bytes, summary %+v, %v", len(line), fitted.Summary, err)
		}
	}
}

func TestATailOfInvalidBytesIsNotCut(t *testing.T) {
	r := report{Executors: []executorReport{{
		Result:     record.Result{StdoutBytes: 3},
		stdoutTail: []byte("\xffa\xfe"),
	}}}
	if _, fitted, err := fitReport(r, 4096); err != nil || fitted.Executors[0].Stdout != "\ufffda\ufffd" {
		t.Errorf("%q, %v", fitted.Executors[0].Stdout, err)
	}
}
