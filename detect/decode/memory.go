package decode

import (
	"hash/maphash"
	"math/bits"
	"sync/atomic"
)

// Memory remembers texts that nothing came out of, for the same labels, flags and names are sent again and again. It
// has a fixed size, forgets what is pushed out, and may be used by several goroutines at once. It keeps keyed hashes of
// 64 bits: that one text is taken for another is as likely as that a message authentication code of that length fails.
type Memory struct {
	seed  maphash.Seed
	slots [memorySlots]atomic.Uint64
}

const (
	memorySlots = 1 << 14
	maxMemory   = 512 // bytes of a text that is remembered: longer ones hardly repeat
)

// NewMemory returns an empty memory. It takes 128 KB.
func NewMemory() *Memory { return &Memory{seed: maphash.MakeSeed()} }

// Key returns the key of a text, 0 if it is not one to remember.
func (m *Memory) Key(text string) uint64 {
	if m == nil || len(text) > maxMemory {
		return 0
	}
	return maphash.String(m.seed, text)
}

// Has reports whether the text with the key was kept for the purpose.
func (m *Memory) Has(key uint64, purpose uint32) bool {
	if key == 0 {
		return false
	}
	key = forPurpose(key, purpose)
	return m.slots[key%memorySlots].Load() == key
}

// Keep remembers the text with the key for the purpose.
func (m *Memory) Keep(key uint64, purpose uint32) {
	if key == 0 {
		return
	}
	key = forPurpose(key, purpose)
	m.slots[key%memorySlots].Store(key)
}

// costOf reports whether the text with the key was kept for the purpose, and the cost that was kept with it.
func (m *Memory) costOf(key uint64, purpose uint32) (cost costClass, ok bool) {
	if key == 0 {
		return 0, false
	}
	key = forPurpose(key, purpose)
	slot := m.slots[key%memorySlots].Load()
	return costClass(slot) & maxCost, slot|uint64(maxCost) == key|uint64(maxCost)
}

// keepCost remembers the text with the key for the purpose, and what it costs to find out, in place of the key's last bits.
func (m *Memory) keepCost(key uint64, purpose uint32, cost costClass) {
	if key == 0 {
		return
	}
	key = forPurpose(key, purpose)
	m.slots[key%memorySlots].Store(key&^uint64(maxCost) | uint64(cost))
}

// costClass is an amount of work, up to the next power of two, from 16 to 512 K.
type costClass uint8

const maxCost costClass = 15

func classOfCost(work int64) costClass { return min(maxCost, costClass(bits.Len64(uint64(work)>>4))) }

func (c costClass) work() int64 { return 16 << c }

// forPurpose makes a key of its own for each purpose: both steps can be undone, so no two keys become one.
func forPurpose(key uint64, purpose uint32) uint64 {
	key = (key ^ uint64(purpose)) * 0x9e3779b97f4a7c15
	return key ^ key>>32
}
