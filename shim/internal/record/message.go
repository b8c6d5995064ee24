package record

import (
	"os"
	"sort"
	"unicode/utf8"
)

// DefaultMessageBytes is the kubelet's bound for one container's termination message, used when no specification is left.
const DefaultMessageBytes = 4096

// WriteMessage writes a termination message of at most limit bytes. build makes the value around a failure, whose
// sentence is shortened until the message fits; failure may be nil.
func WriteMessage(path string, limit int, failure *Failure, build func(*Failure) any) error {
	message, err := fit(limit, failure, build)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.Write(message)
	return err
}

func fit(limit int, failure *Failure, build func(*Failure) any) ([]byte, error) {
	if limit <= 0 {
		limit = DefaultMessageBytes
	}
	message, err := Compact(build(failure))
	if err != nil || len(message) <= limit || failure == nil {
		return message, err
	}
	// Searched, not computed: how long a character becomes in JSON depends on the character.
	tooLong := sort.Search(len(failure.Message), func(end int) bool {
		shorter, err := Compact(build(shorten(failure, end)))
		return err != nil || len(shorter) > limit
	})
	return Compact(build(shorten(failure, max(tooLong-1, 0))))
}

// shorten keeps at most end bytes of the sentence, up to a character's border, and marks the cut.
func shorten(failure *Failure, end int) *Failure {
	for end > 0 && !utf8.RuneStart(failure.Message[end]) {
		end--
	}
	return &Failure{Code: failure.Code, Message: failure.Message[:end] + "…"}
}
