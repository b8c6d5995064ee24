package main

import (
	"os"
	"os/exec"
	"slices"
	"strconv"
	"testing"
	"time"
)

// BenchmarkStartUp tells how much later a command begins because the shim starts it, records included: the median of
// what it takes with the shim, less the median of what it takes as the container's first process itself. The rest of
// the time is the namespace's. It asks the disk below the folder for temporary files.
func BenchmarkStartUp(b *testing.B) {
	p := newPod(b, command("child", "now"))
	if o := p.inputs(); o.code != 0 {
		b.Fatalf("%+v", o)
	}
	var with, bare []time.Duration
	for range b.N {
		p.forget("executor-0")
		before := time.Now()
		with = append(with, sinceStart(b, before, p.executor(0).stdout))
		before = time.Now()
		text, err := exec.Command("unshare", "--pid", "--fork", "--mount", "--kill-child", "--root", p.root,
			"--mount-proc", "/bin/child", "now").Output()
		p.must(err)
		bare = append(bare, sinceStart(b, before, string(text)))
	}
	b.ReportMetric(milliseconds(with)-milliseconds(bare), "ms/start-up")
	b.ReportMetric(milliseconds(bare), "ms/bare")
}

// BenchmarkFlood passes 10 GB of output through the shim, and tells how fast and in how much memory.
func BenchmarkFlood(b *testing.B) {
	const megabytes = 10_000
	for range b.N {
		before := time.Now()
		_, o := ran(b, command("child", "memory", strconv.Itoa(megabytes)))
		b.ReportMetric(megabytes/time.Since(before).Seconds(), "MB/s")
		b.ReportMetric(float64(peakOf(b, o)), "KiB/peak")
	}
}

// forget takes a stage's records away, so that it runs again.
func (p *pod) forget(stage string) {
	p.t.Helper()
	folder := p.path(".orrery/records/" + stage)
	p.must(os.RemoveAll(folder))
	p.must(os.Mkdir(folder, 0o777))
}

func sinceStart(b *testing.B, before time.Time, said string) time.Duration {
	b.Helper()
	nanoseconds, err := strconv.ParseInt(said, 10, 64)
	if err != nil {
		b.Fatalf("the command said %q", said)
	}
	return time.Unix(0, nanoseconds).Sub(before)
}

func milliseconds(all []time.Duration) float64 {
	slices.Sort(all)
	return float64(all[len(all)/2].Microseconds()) / 1000
}
