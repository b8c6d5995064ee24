//go:build race

package main

// raceFlags build the shim of the pods with the race detector too; static, because their images hold no libraries.
var raceFlags = []string{"-race", "-ldflags=-s -w -linkmode external -extldflags -static"}

// raceEnv keeps a program with the race detector from waiting a second at its end.
var raceEnv = []string{"GORACE=atexit_sleep_ms=0"}
