// Command child is what the pod tests run in images that have no other program.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

func main() {
	verb, rest := "", []string{}
	if len(os.Args) > 1 {
		verb, rest = os.Args[1], os.Args[2:]
	}
	verbs := map[string]func([]string){
		"argv": argv, "env": env, "exit": exit, "die": die, "flood": flood, "orphan": orphan, "hold": hold,
		"trap": trap, "deaf": deaf, "append": appendTo, "mixed": mixed, "identity": identity, "copy": copyStdin,
		"orphans": orphans, "group": group, "zombies": zombies, "rename": rename, "secret": secret,
		"now": now, "fill": fill, "strike": strike, "stop": stop, "remove": remove, "link": link, "memory": memory, "/app/src/bin/transporter.ts": transporter,
	}
	verbs[verb](rest)
}

func argv(rest []string) { print(rest) }
func env([]string)       { print(os.Environ()) }

func print(value any) {
	text, _ := json.Marshal(value)
	fmt.Println(string(text))
}

func exit(rest []string) { os.Exit(number(rest[0])) }

func die(rest []string) { kill(os.Getpid(), syscall.Signal(number(rest[0]))) }

func kill(pid int, sig syscall.Signal) {
	_ = syscall.Kill(pid, sig)
	time.Sleep(time.Minute)
}

// group asks every process of its process group to stop, as a script's "kill 0" does.
func group([]string) { kill(0, syscall.SIGTERM) }

// strike sends the first process of the namespace every signal but those that ask it to stop, in both ways there are.
func strike([]string) {
	stops := map[syscall.Signal]bool{
		syscall.SIGTERM: true, syscall.SIGINT: true, syscall.SIGQUIT: true, syscall.SIGHUP: true, syscall.SIGUSR1: true,
		syscall.SIGUSR2: true, syscall.SIGWINCH: true, syscall.SIGPWR: true, 37: true,
	}
	const last, queued = 64, -1
	for sig := syscall.Signal(1); sig <= last; sig++ {
		if stops[sig] {
			continue
		}
		info := [32]int32{int32(sig), 0, queued}
		_ = syscall.Kill(1, sig)
		_, _, _ = syscall.Syscall(syscall.SYS_RT_SIGQUEUEINFO, 1, uintptr(sig), uintptr(unsafe.Pointer(&info)))
	}
	fmt.Println("struck")
}

// stop asks the first process of the namespace to stop.
func stop([]string) { kill(1, syscall.SIGTERM) }

// flood writes megabytes to stdout and ends with a last word.
func flood(rest []string) {
	block := []byte(strings.Repeat("0123456789abcdef", 1<<16))
	for range number(rest[0]) {
		_, _ = os.Stdout.Write(block)
	}
	fmt.Print("the end")
}

// fill notes its run in a second file and writes the first one until its disk is full.
func fill(rest []string) {
	appendTo([]string{rest[1], "x"})
	f, err := os.Create(rest[0])
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
}

// orphan leaves a process behind that keeps the streams open, in a session of its own as daemons do.
func orphan([]string) {
	fmt.Println("parent")
	daemon := prepare("hold")
	daemon.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := daemon.Start(); err != nil {
		panic(err)
	}
}

func hold([]string) { time.Sleep(time.Hour) }

// orphans leaves ended processes to the first process of the namespace and counts those that nobody has reaped.
func orphans([]string) {
	for range 20 {
		_, _ = start("zombies").Wait()
	}
	time.Sleep(300 * time.Millisecond)
	zombies := 0
	states, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range states {
		text, _ := os.ReadFile(path)
		if strings.Contains(string(text), ") Z ") {
			zombies++
		}
	}
	print(zombies)
}

// zombies starts a process that outlives this one for a moment.
func zombies([]string) { start("exit", "0") }

func start(args ...string) *os.Process {
	command := prepare(args...)
	if err := command.Start(); err != nil {
		panic(err)
	}
	return command.Process
}

func prepare(args ...string) *exec.Cmd {
	command := exec.Command("/proc/self/exe", args...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	return command
}

func trap(rest []string) {
	stops := make(chan os.Signal, 1)
	signal.Notify(stops, syscall.SIGTERM)
	fmt.Println("ready")
	fmt.Println(<-stops)
	os.Exit(number(rest[0]))
}

func deaf([]string) {
	signal.Ignore(syscall.SIGTERM)
	fmt.Println("ready")
	time.Sleep(time.Hour)
}

func appendTo(rest []string) {
	f, err := os.OpenFile(rest[0], os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = f.WriteString(rest[1])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func rename(rest []string) {
	appendTo([]string{rest[0] + ".tmp", rest[1]})
	if err := os.Rename(rest[0]+".tmp", rest[0]); err != nil {
		panic(err)
	}
}

func secret(rest []string) {
	if err := os.MkdirAll(rest[0], 0o700); err != nil {
		panic(err)
	}
	appendTo([]string{rest[0] + "/file", "secret"})
}

func remove(rest []string) {
	if err := os.Remove(rest[0]); err != nil {
		panic(err)
	}
}

func link(rest []string) {
	if err := os.Symlink(rest[0], rest[1]); err != nil {
		panic(err)
	}
}

// memory floods stdout with megabytes, then tells how much memory the first process of the namespace has ever had.
func memory(rest []string) {
	flood(rest)
	status, _ := os.ReadFile("/proc/1/status")
	for line := range strings.Lines(string(status)) {
		if strings.HasPrefix(line, "VmHWM:") {
			fmt.Fprint(os.Stderr, line)
		}
	}
}

// transporter stands for the real one: it keeps the plan that it gets and answers what the test has written for it.
func transporter(rest []string) {
	plan, _ := io.ReadAll(os.Stdin)
	_ = os.WriteFile("/plan-"+rest[0], plan, 0o600)
	answer, err := os.ReadFile("/answer-" + rest[0])
	if err != nil {
		fmt.Fprintln(os.Stderr, "transient trouble")
		os.Exit(1)
	}
	_, _ = os.Stdout.Write(answer)
}

func mixed([]string) {
	for i := range 100 {
		fmt.Fprintln(os.Stdout, i*2)
		fmt.Fprintln(os.Stderr, i*2+1)
	}
}

func identity([]string) {
	folder, _ := os.Getwd()
	print(map[string]any{"uid": os.Getuid(), "ppid": os.Getppid(), "cwd": folder})
}

// now tells when it was started, in nanoseconds since 1970.
func now([]string) { fmt.Print(time.Now().UnixNano()) }

func copyStdin([]string) { _, _ = os.Stdout.ReadFrom(os.Stdin) }

func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		panic(err)
	}
	return n
}
