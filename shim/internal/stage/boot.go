package stage

import (
	"os"
	"strings"

	"orrery.dev/shim/internal/layout"
	"orrery.dev/shim/internal/record"
)

// Records are on the disk when they are written, the task's files are not: flushing them would cost every task what
// only a loss of power needs. So a record names the boot of its node, and files of another boot are not trusted.

// currentBoot is empty where the kernel does not tell it; then every boot counts as the same.
func currentBoot(l layout.Layout) string {
	text, err := os.ReadFile(l.Boot)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

// isOfThisBoot tells whether what was written in the given boot is surely whole.
func isOfThisBoot(l layout.Layout, boot string) bool {
	current := currentBoot(l)
	return boot == "" || current == "" || boot == current
}

// nodeRestarted is the failure of a stage that would work on files that may be lost.
func nodeRestarted() *record.Failure {
	return &record.Failure{
		Code:    record.NodeRestarted,
		Message: "The node was restarted while the task ran, and files of the task that were not on its disk yet may be lost.",
	}
}
