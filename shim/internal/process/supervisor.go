// Package process starts commands and looks after them as the first process of a container has to.
package process

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// stopSignals are passed on to the command, and each counts as a wish from outside to stop, because an image may name
// any of them as its STOPSIGNAL (SIGRTMIN+3 is systemd's). Go does not tell who sent one: the command itself may have.
var stopSignals = []os.Signal{
	syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2,
	syscall.SIGWINCH, syscall.SIGPWR, syscall.Signal(37),
}

// Supervisor receives the signals of this process. One goroutine both reaps and forwards, so a signal never goes to a
// process id that has been reaped and given away.
type Supervisor struct {
	stops    chan os.Signal
	children chan os.Signal
}

// Ending is how a command ended.
type Ending struct {
	Status    syscall.WaitStatus
	At        time.Time
	Signalled bool // a stop signal arrived before the end
	TimedOut  bool // the deadline passed before the end, and before any stop signal
}

// Patience is how long a command may take.
type Patience struct {
	Grace    time.Duration // from the first request to stop until it is killed
	Deadline time.Duration // until it is asked to stop; 0: never
}

// ExitCode is the command's exit code, or 128 + n after signal n.
func (e Ending) ExitCode() int {
	if e.Status.Signaled() {
		return 128 + int(e.Status.Signal())
	}
	return e.Status.ExitStatus()
}

// Signal is the number of the signal that ended the command, or 0.
func (e Ending) Signal() int {
	if e.Status.Signaled() {
		return int(e.Status.Signal())
	}
	return 0
}

// Supervise begins to receive signals; call it before anything is started.
func Supervise() *Supervisor {
	s := &Supervisor{
		stops:    make(chan os.Signal, 8),
		children: make(chan os.Signal, 1),
	}
	signal.Notify(s.stops, stopSignals...)
	signal.Notify(s.children, syscall.SIGCHLD)
	// Received instead of ignored: a closed log must not end the shim, and the command must not inherit "ignored".
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	dropFaults()
	return s
}

// StopAsked tells whether a stop signal has arrived that no command has been given.
func (s *Supervisor) StopAsked() bool { return len(s.stops) > 0 }

// Wait looks after the started command until it ends: forwards stop signals, asks it to stop at the deadline, kills it
// when it is still there after the grace period, and reaps every orphan handed to this process.
func (s *Supervisor) Wait(pid int, patience Patience) Ending {
	var ending Ending
	var deadline, kill <-chan time.Time
	if patience.Deadline > 0 {
		deadline = time.After(patience.Deadline)
	}
	stop := func(sig syscall.Signal) {
		_ = syscall.Kill(pid, sig)
		if kill == nil {
			kill = time.After(patience.Grace)
		}
	}
	for {
		select {
		case received := <-s.stops:
			ending.Signalled = true
			stop(received.(syscall.Signal))
		case <-deadline:
			if !ending.Signalled {
				ending.TimedOut = true
				stop(syscall.SIGTERM)
			}
		case <-kill:
			_ = syscall.Kill(pid, syscall.SIGKILL)
		case <-s.children:
			if status, ended := reap(pid); ended {
				ending.Status, ending.At = status, time.Now().UTC()
				return ending
			}
		}
	}
}

// reap collects every child that has ended; one SIGCHLD may stand for many.
func reap(pid int) (status syscall.WaitStatus, ended bool) {
	for {
		var current syscall.WaitStatus
		switch child, err := syscall.Wait4(-1, &current, syscall.WNOHANG, nil); {
		case err == syscall.EINTR:
		case err != nil || child == 0:
			return status, ended
		case child == pid:
			status, ended = current, true
		}
	}
}

// KillRest ends what the command left behind, as the end of a container's first process would: the whole process
// namespace when this is its first process, else the command's own session. What was left is reaped for at most the
// given time.
func (s *Supervisor) KillRest(pid int, patience time.Duration) {
	rest := -pid
	if os.Getpid() == 1 {
		rest = -1
	}
	if syscall.Kill(rest, syscall.SIGKILL) != nil {
		return
	}
	deadline := time.After(patience)
	for {
		_, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
		if err == syscall.ECHILD {
			return
		}
		select {
		case <-s.children:
		case <-deadline:
			return
		case <-time.After(10 * time.Millisecond):
			// A SIGCHLD may have been merged into one that was received before.
		}
	}
}
