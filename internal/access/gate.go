package access

import "context"

// gate bounds how many passwords are hashed at once: each takes 19 MiB and a
// core, so that a crowd at the door would take the machine down.
type gate struct {
	slots chan struct{}
	queue chan struct{}
}

func newGate(slots, waiting int) gate {
	return gate{slots: make(chan struct{}, slots), queue: make(chan struct{}, slots+waiting)}
}

// enter waits for a slot, or returns ErrBusy when too many wait already. The
// caller leaves when it returned nil.
func (g gate) enter(ctx context.Context) error {
	select {
	case g.queue <- struct{}{}:
	default:
		return ErrBusy
	}
	select {
	case g.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		<-g.queue
		return ctx.Err()
	}
}

func (g gate) leave() {
	<-g.slots
	<-g.queue
}
