package company

import (
	"strings"
	"time"
)

// Open tells whether the company is open for business at a moment, by its hours
// and holidays in its own zone.
func (c Company) Open(at time.Time) bool {
	if len(c.Hours) == 0 {
		return true
	}
	zone, err := time.LoadLocation(c.Timezone)
	if err != nil {
		zone = time.UTC
	}
	local := at.In(zone)
	day := local.Format(time.DateOnly)
	for _, h := range c.Holidays {
		if h.Date == day {
			return false
		}
	}
	now := local.Format("15:04")
	for _, span := range c.Hours[strings.ToLower(local.Format("Mon"))] {
		if span[0] <= now && (now < span[1] || span[1] == "24:00") {
			return true
		}
	}
	return false
}
