package chaos

import (
	"time"
)

// Result is what a run found, in the order its JSON line shows. The first ten
// fields are what others read; they do not change.
type Result struct {
	Acked      int    `json:"acked"`
	Kills      int    `json:"kills"`
	DBRestarts int    `json:"db_restarts"`
	Lost       int    `json:"lost"`
	Doubled    int    `json:"doubled"`
	Reordered  int    `json:"reordered"`
	Unresolved int    `json:"unresolved"`
	ReplyP99MS int64  `json:"reply_p99_ms"`
	ReplyMaxMS int64  `json:"reply_max_ms"`
	Seed       uint64 `json:"seed"`

	// Uncovered are messages that nobody answered or took, Backwards states that
	// went back, Misreported sends the database and the vendor disagree about,
	// Broken what else must not happen, such as a node that ended by itself.
	Uncovered   int `json:"uncovered"`
	Backwards   int `json:"backwards"`
	Misreported int `json:"misreported"`
	Broken      int `json:"broken"`

	Outages    int   `json:"outages"`
	Pauses     int   `json:"pauses"`
	Duplicates int   `json:"duplicates"` // copies acknowledged
	Swapped    int   `json:"swapped"`    // delivered before the message written before it
	Poison     int   `json:"poison"`
	Accepted   int   `json:"accepted"` // by the vendors
	Answered   int   `json:"answered"` // messages with a reply the vendor accepted
	Sent       int   `json:"sent"`
	Unknown    int   `json:"unknown"`
	Failed     int   `json:"failed"`
	HandedOver int   `json:"handed_over"` // conversations
	ReplyP50MS int64 `json:"reply_p50_ms"`
	// SlowestRestartMS is how long the database was away after a crash, which
	// counts against the replies; only outages and pauses do not.
	SlowestRestartMS int64 `json:"slowest_restart_ms"`
	DurationS        int64 `json:"duration_s"`
}

// Violations is how many rules were found broken.
func (r Result) Violations() int {
	return r.Lost + r.Doubled + r.Reordered + r.Unresolved + r.Uncovered + r.Backwards + r.Misreported + r.Broken
}

func newResult(c Config, h happened, v verdict, took time.Duration) Result {
	count := map[Kind]int{}
	for _, violation := range v.Violations {
		count[violation.Kind]++
	}
	return Result{
		Acked: len(h.acks), Kills: h.kills, DBRestarts: h.restarts,
		Lost: count[Lost], Doubled: count[Doubled], Reordered: count[Reordered], Unresolved: count[Unresolved],
		ReplyP99MS: percentile(v.Waits, 99).Milliseconds(), ReplyMaxMS: percentile(v.Waits, 100).Milliseconds(), Seed: c.Seed,
		Uncovered: count[Uncovered], Backwards: count[Backwards], Misreported: count[Misreported], Broken: count[Broken],
		Outages: h.outages, Pauses: h.pauses, Duplicates: h.copies, Swapped: h.swapped, Poison: h.poison,
		Accepted: v.Carried, Answered: len(v.Waits), Sent: v.States["sent"], Unknown: v.States["unknown"], Failed: v.States["failed"],
		HandedOver: v.HandedOver, ReplyP50MS: percentile(v.Waits, 50).Milliseconds(), SlowestRestartMS: h.slowest.Milliseconds(), DurationS: int64(took.Seconds()),
	}
}

// percentile returns the smallest of sorted that p percent do not exceed.
func percentile(sorted []wait, p int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max(0, (len(sorted)*p+99)/100-1)].Took
}
