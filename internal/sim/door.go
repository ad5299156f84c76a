package sim

import (
	"net/http"
	"sync"
)

// door is where an account's webhooks go.
type door struct {
	mu      sync.Mutex
	url     string
	header  http.Header
	slots   chan struct{} // deliveries at once
	changed chan struct{} // closed when the address changes
}

func newDoor(url string, connections int) *door {
	return &door{url: url, slots: make(chan struct{}, connections), changed: make(chan struct{})}
}

// move points the door elsewhere and wakes the deliveries that wait.
func (d *door) move(url string, header http.Header, connections int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.url, d.header = url, header
	if connections != cap(d.slots) {
		d.slots = make(chan struct{}, connections)
	}
	close(d.changed)
	d.changed = make(chan struct{})
}

// address is a door as it stood at one moment.
type address struct {
	url     string
	header  http.Header
	slots   chan struct{}
	changed <-chan struct{}
}

func (d *door) look() address {
	d.mu.Lock()
	defer d.mu.Unlock()
	return address{d.url, d.header, d.slots, d.changed}
}
