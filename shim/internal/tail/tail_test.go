package tail

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestRingKeepsTheLastBytes(t *testing.T) {
	for _, test := range []struct {
		size  int
		parts []string
		want  string
	}{
		{4, nil, ""},
		{4, []string{"ab"}, "ab"},
		{4, []string{"ab", "cd"}, "abcd"},
		{4, []string{"ab", "cde"}, "bcde"},
		{4, []string{"a", "bcdefghij"}, "ghij"},
		{4, []string{"abc", "def", "g"}, "defg"},
		{0, []string{"abc"}, ""},
	} {
		ring := New(test.size)
		for _, part := range test.parts {
			if n, err := ring.Write([]byte(part)); n != len(part) || err != nil {
				t.Fatalf("Write: %d, %v", n, err)
			}
		}
		if got := string(ring.Bytes()); got != test.want || ring.Total() != int64(len(strings.Join(test.parts, ""))) {
			t.Errorf("%v: %q of %d", test.parts, got, ring.Total())
		}
	}
}

func TestTextIsValidAndSaysWhatIsMissing(t *testing.T) {
	const cut = "[... cut: %d bytes before this are not kept ...]\n"
	mark := func(n string) string { return strings.Replace(cut, "%d", n, 1) }
	for _, test := range []struct {
		name, data string
		size       int
		total      int64
		want       string
	}{
		{"whole", "abc", 10, 3, "abc"},
		{"lost before", "abc", 10, 8, mark("5") + "abc"},
		{"cut to size", "abcdef", 2, 6, mark("4") + "ef"},
		{"nothing kept", "", 0, 9, mark("9")},
		{"empty", "", 10, 0, ""},
		{"never half a character", "aüü", 3, 5, mark("3") + "ü"},
		{"a character whose beginning is lost", "\xbc.", 10, 5, mark("4") + "."},
		{"invalid bytes are replaced one by one", "a\xff\xfeb", 10, 4, "a\ufffd\ufffdb"},
		{"and counted as long as what replaces them", "\xff\xff\xff", 6, 3, mark("1") + "\ufffd\ufffd"},
	} {
		if got := Text([]byte(test.data), test.size, test.total); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add([]byte("a\xffü"), 3)
	f.Fuzz(func(t *testing.T, data []byte, size int) {
		text := Text(data, size, int64(len(data)))
		if _, kept, found := strings.Cut(text, " ...]\n"); found && strings.HasPrefix(text, "[... cut: ") {
			text = kept
		}
		if !utf8.ValidString(text) || len(text) > max(size, 0) {
			t.Errorf("%q", text)
		}
	})
}
