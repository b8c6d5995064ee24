package streams

import (
	"sync"
	"time"

	"orrery.dev/shim/internal/tail"
)

// keepEvery is how old a kept tail may be: a container that is killed as a whole, as it is when its memory is used up,
// gives no time for last words.
const keepEvery = 200 * time.Millisecond

// keeper saves a tail while it grows, at most every so often, and soon after the last write.
type keeper struct {
	save func(live []byte) // nil: nowhere

	mutex   sync.Mutex
	last    time.Time
	pending bool
	stopped bool
}

// write adds to the ring, which is the keeper's until it is stopped.
func (k *keeper) write(ring *tail.Ring, data []byte) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	_, _ = ring.Write(data)
	if k.save == nil || k.pending || len(data) == 0 {
		return
	}
	wait := keepEvery - time.Since(k.last)
	if wait <= 0 {
		k.keep(ring)
		return
	}
	k.pending = true
	time.AfterFunc(wait, func() {
		k.mutex.Lock()
		defer k.mutex.Unlock()
		k.pending = false
		if !k.stopped {
			k.keep(ring)
		}
	})
}

func (k *keeper) keep(ring *tail.Ring) {
	k.last = time.Now()
	k.save(ring.Live())
}

// stop lets nothing be saved any more.
func (k *keeper) stop() {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	k.stopped = true
}
