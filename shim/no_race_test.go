//go:build !race

package main

// raceFlags and raceEnv are empty without the race detector.
var raceFlags, raceEnv []string
