// Package layout names every fixed path of a task's pod.
package layout

import (
	"path/filepath"
	"strconv"
)

// Layout holds the paths at which the pod's builder mounts what the stages share.
type Layout struct {
	Spec           string // Secrets with the parts of the specification; inputs only
	Shim           string // volume of binaries and executor specifications; writable in inputs only
	Run            string // this executor's folder of Shim, read-only
	Records        string // records of all stages; writable in inputs only
	Record         string // records of this executor, or of outputs, writable
	Scratch        string // the whole scratch volume; inputs and outputs only
	Files          string // the virtual root of the task, as executors see it
	Boot           string // the kernel's id of this boot of the node
	TerminationLog string // where the kubelet reads the termination message
	Self           string // this program
	Node           string // the transporter's interpreter
	Transporter    string // the transporter's entry point
}

// Fixed returns the paths of a real pod.
func Fixed() Layout {
	return Layout{
		Spec:           "/.orrery/spec",
		Shim:           "/.orrery/shim",
		Run:            "/.orrery/run",
		Records:        "/.orrery/records",
		Record:         "/.orrery/record",
		Scratch:        "/.orrery/scratch",
		Files:          "/.orrery/files",
		Boot:           "/proc/sys/kernel/random/boot_id",
		TerminationLog: "/dev/termination-log",
		Self:           "/proc/self/exe",
		Node:           "/usr/local/bin/node",
		Transporter:    "/app/src/bin/transporter.ts",
	}
}

// Root is the virtual root of the task, as inputs and outputs see it: /work/a of the task lies at Root()/work/a.
func (l Layout) Root() string { return filepath.Join(l.Scratch, "root") }

// ReadOnly is the tree of inputs that executors see read-only: /work/a of the task lies at ReadOnly()/work/a.
func (l Layout) ReadOnly() string { return filepath.Join(l.Scratch, "read-only") }

// InputsRecord is the record folder of the stage inputs.
func (l Layout) InputsRecord() string { return filepath.Join(l.Records, "inputs") }

// ExecutorRecord is the record folder of the executor with the given index.
func (l Layout) ExecutorRecord(index int) string { return filepath.Join(l.Records, Executor(index)) }

// ExecutorShim is the folder of the shim volume that the executor with the given index mounts at Run.
func (l Layout) ExecutorShim(index int) string { return filepath.Join(l.Shim, Executor(index)) }

// Executor is the folder and container name of the executor with the given index.
func Executor(index int) string { return "executor-" + strconv.Itoa(index) }
