package record

import (
	"os"
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
	for {
		message, err := Compact(build(failure))
		if err != nil {
			return nil, err
		}
		excess := len(message) - limit
		if excess <= 0 || failure == nil || failure.Message == "" {
			return message, nil
		}
		failure = &Failure{Code: failure.Code, Message: shorten(failure.Message, excess)}
	}
}

// shorten drops at least one and about excess bytes, at a character's border, and marks the cut while there is room.
func shorten(text string, excess int) string {
	const mark = "…"
	end := len(text) - excess - len(mark)
	if end <= 0 {
		return ""
	}
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + mark
}
