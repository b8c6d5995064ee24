package main

import (
	"os"

	"orrery.dev/shim/internal/layout"
	"orrery.dev/shim/internal/stage"
)

func main() {
	os.Exit(stage.Run(os.Args[1:], layout.Fixed()))
}
