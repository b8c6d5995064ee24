package process

import (
	"os"
	"syscall"
	"unsafe"
)

// faultSignals tell a program of its own fault. Go's runtime handles them, and ends the program where it finds none.
var faultSignals = []syscall.Signal{
	syscall.SIGILL, syscall.SIGTRAP, syscall.SIGABRT, syscall.SIGBUS, syscall.SIGFPE, syscall.SIGSEGV, syscall.SIGSTKFLT,
	syscall.SIGSYS,
}

// signalSetBytes is the size of the kernel's set of signals.
const signalSetBytes = 8

// dropFaults keeps the command from ending this process with a fault that is none. Without a handler the kernel drops
// what a process of the namespace sends to its first one, in whatever way it is sent; a real fault still ends it.
func dropFaults() {
	if os.Getpid() != 1 {
		return
	}
	var standard [4]uint64 // the kernel's sigaction: SIG_DFL, no flags, nothing masked
	for _, fault := range faultSignals {
		_, _, _ = syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, uintptr(fault), uintptr(unsafe.Pointer(&standard)), 0, signalSetBytes, 0, 0)
	}
}
