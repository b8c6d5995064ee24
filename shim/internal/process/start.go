package process

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// defaultPath is searched when the environment has no PATH; container runtimes use the same.
const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// Exit codes of a shell for a command that could not be executed.
const (
	notExecutable = 126
	notFound      = 127
)

// StartError says why a command could not be executed, with the exit code that a shell would give.
type StartError struct {
	ExitCode int
	Message  string
}

func (e *StartError) Error() string { return e.Message }

// Program is what is executed: argv with an environment, and files that become the descriptors 0, 1 and 2.
type Program struct {
	Argv, Env []string
	Files     [3]uintptr
}

// Start executes a program as execvp(3) would, in the current directory, and returns the process id. The error is a
// *StartError.
func Start(p Program) (int, error) {
	name := p.Argv[0]
	path, set := Lookup(p.Env, "PATH")
	if !set {
		path = defaultPath
	}
	var denied error
	for _, file := range candidates(name, path) {
		pid, err := p.fork(file, p.Argv)
		switch {
		case err == nil:
			return pid, nil
		case errors.Is(err, syscall.ENOEXEC) && isScript(file):
			return p.startScript(file)
		case isAbsent(err):
			if _, statErr := os.Stat(file); statErr == nil {
				return 0, &StartError{notFound, fmt.Sprintf("%q exists, but the interpreter or loader it names does not", file)}
			}
		case errors.Is(err, syscall.EACCES):
			denied = err
		default:
			return 0, cannotExecute(file, err)
		}
	}
	if denied != nil {
		return 0, cannotExecute(name, denied)
	}
	if strings.Contains(name, "/") {
		return 0, &StartError{notFound, fmt.Sprintf("%q: no such file", name)}
	}
	return 0, &StartError{notFound, fmt.Sprintf("%q: command not found in PATH %q", name, path)}
}

// candidates lists the files to try, in order; an empty element of PATH is the current directory.
func candidates(name, path string) []string {
	if name == "" || strings.Contains(name, "/") {
		return []string{name}
	}
	var files []string
	for folder := range strings.SplitSeq(path, ":") {
		if folder == "" {
			folder = "."
		}
		files = append(files, folder+"/"+name)
	}
	return files
}

// fork starts the child in a session of its own, so that a user's "kill 0" does not reach the shim. Go resets the
// child's signal handlers and limits to what the shim was started with.
func (p Program) fork(file string, argv []string) (int, error) {
	return syscall.ForkExec(file, argv, &syscall.ProcAttr{
		Env:   p.Env,
		Files: p.Files[:],
		Sys:   &syscall.SysProcAttr{Setsid: true},
	})
}

// startScript gives a file without an interpreter line to the shell, as execvp does.
func (p Program) startScript(file string) (int, error) {
	const shell = "/bin/sh"
	pid, err := p.fork(shell, append([]string{shell, file}, p.Argv[1:]...))
	if err != nil {
		return 0, cannotExecute(file, syscall.ENOEXEC)
	}
	return pid, nil
}

// isScript keeps binaries of other machines from the shell, which would read them as commands.
func isScript(file string) bool {
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 256)
	n, _ := f.Read(head)
	firstLine, _, _ := bytes.Cut(head[:n], []byte("\n"))
	return !bytes.HasPrefix(head, []byte("\x7fELF")) && !bytes.Contains(firstLine, []byte{0})
}

func isAbsent(err error) bool {
	return errors.Is(err, syscall.ENOENT) || errors.Is(err, syscall.ENOTDIR) ||
		errors.Is(err, syscall.ELOOP) || errors.Is(err, syscall.ENAMETOOLONG)
}

func cannotExecute(file string, err error) *StartError {
	return &StartError{notExecutable, fmt.Sprintf("%q cannot be executed: %v", file, err)}
}
