package proc

import (
	"os"
	"testing"
	"time"
)

func TestStatIsReadPastAnyName(t *testing.T) {
	t.Parallel()
	p, ok := parseStat([]byte("42 (a ) S b) (c) S 7 42 42 0 -1 4194304 100 0 0 0 11 22 33 44 20 0 1 0 5 6 7"))
	want := process{parent: 7, used: 1100 * time.Millisecond}
	if !ok || p != want {
		t.Errorf("parseStat() = %+v, %v, want %+v", p, ok, want)
	}
	for _, bad := range []string{"", "42 (x)", "42 (x) S", "42 (x) S p 42 42 0 -1 4194304 100 0 0 0 11 22 33 44"} {
		if _, ok := parseStat([]byte(bad)); ok {
			t.Errorf("parseStat(%q) succeeded", bad)
		}
	}
}

func TestATreeUsesWhatItsMembersUse(t *testing.T) {
	t.Parallel()
	all := map[int]process{1: {0, time.Second}, 2: {1, 2 * time.Second}, 3: {2, 4 * time.Second}, 9: {0, time.Minute}}
	if got := sum(all, 1); got != 7*time.Second {
		t.Errorf("sum() = %s, want 7s", got)
	}
}

func TestThisProcessHasUsedTimeAndMemory(t *testing.T) {
	t.Parallel()
	for until := time.Now().Add(10 * time.Second); Own() < 30*time.Millisecond && time.Now().Before(until); {
		_, _ = os.ReadFile("/proc/self/maps")
	}
	cpu, err := CPU(os.Getpid())
	if err != nil || cpu <= 0 {
		t.Errorf("CPU() = %s, %v, want some", cpu, err)
	}
	m, err := MemoryOf(os.Getpid())
	if err != nil || m.Now <= 0 || m.Peak < m.Now {
		t.Errorf("MemoryOf() = %+v, %v, want some, below its peak", m, err)
	}
}
