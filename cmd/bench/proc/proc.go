// Package proc reads from /proc what processes used. It knows Linux only, and
// nothing of what the processes are.
package proc

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// tick is the kernel's unit of CPU time for user space: USER_HZ is 100 on every
// architecture Go runs on.
const tick = 10 * time.Millisecond

// CPU returns the time that pid and all below it have used, including children
// that ended and were waited for.
func CPU(pid int) (time.Duration, error) {
	all, err := processes()
	if err != nil {
		return 0, err
	}
	return sum(all, pid), nil
}

// Own returns the time that this process has used, without its children.
func Own() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// Since returns the CPU time of pid's tree between two calls of it and its result.
func Since(pid int) (func() time.Duration, error) {
	before, err := CPU(pid)
	if err != nil {
		return nil, err
	}
	return func() time.Duration {
		now, err := CPU(pid)
		if err != nil {
			return 0
		}
		return now - before
	}, nil
}

type process struct {
	parent int
	used   time.Duration // its own and that of children it waited for
}

func sum(all map[int]process, pid int) time.Duration {
	total := all[pid].used
	for child, p := range all {
		if p.parent == pid {
			total += sum(all, child)
		}
	}
	return total
}

func processes() (map[int]process, error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, fmt.Errorf("read /proc: %w", err)
	}
	all := map[int]process{}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		stat, err := os.ReadFile("/proc/" + e.Name() + "/stat")
		if err != nil {
			continue // it ended meanwhile
		}
		if p, ok := parseStat(stat); ok {
			all[pid] = p
		}
	}
	return all, nil
}

// parseStat reads proc(5)'s stat; the name in parentheses may hold anything.
func parseStat(stat []byte) (process, bool) {
	end := bytes.LastIndexByte(stat, ')')
	if end < 0 {
		return process{}, false
	}
	const parent, user, childSystem = 1, 11, 14 // counted behind the name
	fields := strings.Fields(string(stat[end+1:]))
	if len(fields) <= childSystem {
		return process{}, false
	}
	var p process
	var err error
	if p.parent, err = strconv.Atoi(fields[parent]); err != nil {
		return process{}, false
	}
	for _, text := range fields[user : childSystem+1] {
		ticks, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return process{}, false
		}
		p.used += time.Duration(ticks) * tick
	}
	return p, true
}

// Memory is a process's resident memory, now and at most so far.
type Memory struct{ Now, Peak int64 }

// MemoryOf reads how much memory a process holds, in bytes.
func MemoryOf(pid int) (Memory, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return Memory{}, fmt.Errorf("read process status: %w", err)
	}
	var m Memory
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		kib, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")), 10, 64)
		switch name {
		case "VmRSS":
			m.Now = kib << 10
		case "VmHWM":
			m.Peak = kib << 10
		}
	}
	return m, nil
}

// Load is the machine's load average over a minute.
func Load() float64 {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), " ")
	load, err := strconv.ParseFloat(first, 64)
	if err != nil {
		return 0
	}
	return load
}
