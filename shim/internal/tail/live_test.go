package tail

import "testing"

func TestALiveTailIsReadBack(t *testing.T) {
	ring := New(4)
	_, _ = ring.Write([]byte("abcdef"))
	if data, total := ReadLive(ring.Live()); string(data) != "cdef" || total != 6 {
		t.Errorf("%q of %d", data, total)
	}
}

func TestAForgedLiveTailIsEmpty(t *testing.T) {
	for _, live := range []string{"", "short", "\x00\x00\x00\x00\x00\x00\x00\x01ab", "\xff\xff\xff\xff\xff\xff\xff\xffa"} {
		if data, total := ReadLive([]byte(live)); len(data) != 0 || total != 0 {
			t.Errorf("%q: %q of %d", live, data, total)
		}
	}
}
