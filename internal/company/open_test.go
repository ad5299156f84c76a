package company_test

import (
	"testing"
	"time"

	"sembang/internal/company"
)

func TestACompanyIsOpenByItsOwnClock(t *testing.T) {
	t.Parallel()
	c := company.Company{
		Timezone: "Asia/Kuala_Lumpur",
		Hours:    company.Hours{"mon": {{"09:00", "12:30"}, {"14:00", "18:00"}}, "sat": {{"20:00", "24:00"}}},
		Holidays: []company.Holiday{{Date: "2026-12-07", Name: "Anniversary"}},
	}
	cases := map[string]bool{
		"2026-11-30T01:00:00Z": true,  // Monday 09:00 there
		"2026-11-30T00:59:59Z": false, // a second before
		"2026-11-30T04:29:00Z": true,  // 12:29
		"2026-11-30T04:30:00Z": false, // the lunch break begins
		"2026-11-30T10:00:00Z": false, // 18:00 is closed
		"2026-12-07T01:00:00Z": false, // a Monday, but a holiday
		"2026-11-28T15:59:00Z": true,  // Saturday 23:59
		"2026-11-28T16:00:00Z": false, // Sunday
	}
	for at, want := range cases {
		moment, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatalf("Parse(%s) = %v", at, err)
		}
		if got := c.Open(moment); got != want {
			t.Errorf("Open(%s) = %v, want %v", at, got, want)
		}
	}
	if !(company.Company{}).Open(time.Now()) {
		t.Error("a company without hours is closed")
	}
}
