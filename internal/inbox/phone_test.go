package inbox_test

import "testing"

// The pause after a message from the phone ends by itself. A bot that handed over
// must not come back that way.
func TestAPhoneMessageDoesNotWakeABotThatHandedOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, 1)
	in := w.receive(t, s, "77", "77:1", "hi")
	w.exec(t, s, `update mailbox set bot_state = 'handed_over', processed = last_in, due_at = null where company_id = $1 and conversation_id = $2`, s.company, in.Conversation)
	w.echo(t, s, "77:2", "typed by the owner", true)
	w.fromPhone(t, s, 1)
	if n := w.count(t, s, "mailbox where bot_state = 'paused' and bot_reason = 'phone' and paused_until is null"); n != 1 {
		t.Errorf("mailboxes paused for good = %d, want 1", n)
	}
}
