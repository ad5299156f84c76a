package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"sembang/internal/channel"
	"sembang/internal/sim"
)

// register makes the account known to the simulated vendor, without its limits.
func (w *world) register(ctx context.Context, a *account, n int) error {
	if a.channel == channel.Telegram {
		a.device, _, _ = strings.Cut(a.token, ":")
		return w.tell(ctx, "/_sim/telegram/bots", sim.Bot{Token: a.token, PerSecond: -1, ChatPerSecond: -1})
	}
	a.device = "shop-" + strconv.Itoa(n)
	return w.tell(ctx, "/_sim/onsend/devices", sim.Device{
		ID: a.device, Token: a.token, Name: a.device, Phone: strconv.Itoa(60_377_280_000 + n), PerMinute: -1, WithMessageID: true,
	})
}

// introduce lets the simulated bots know the customers' chats: nobody wrote
// through the simulator, and a bot may not write first.
func (w *world) introduce(ctx context.Context) error {
	for _, c := range w.people.customers {
		if c.account.channel != channel.Telegram {
			continue
		}
		if err := w.tell(ctx, "/_sim/telegram/chats", map[string]string{"account": c.account.device, "customer": c.external}); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) tell(ctx context.Context, path string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encode call: %w", err)
	}
	return w.ask(ctx, http.MethodPost, path, text, &struct{}{})
}

// answered is when the vendor first got an answer for each customer.
func (w *world) answered(ctx context.Context) (map[string]time.Time, error) {
	at := map[string]time.Time{}
	for _, method := range []string{"sendMessage", "send"} {
		var requests []sim.Request
		if err := w.ask(ctx, http.MethodGet, "/_sim/requests?method="+method, nil, &requests); err != nil {
			return nil, err
		}
		for _, r := range requests {
			key := r.Account + "/" + r.Recipient
			if _, known := at[key]; !known && r.Status == http.StatusOK {
				at[key] = r.At
			}
		}
	}
	return at, nil
}

func (w *world) forget(ctx context.Context) error {
	return w.ask(ctx, http.MethodDelete, "/_sim/requests", nil, &struct{}{})
}

// ask calls the simulator's control API; it may still be starting.
func (w *world) ask(ctx context.Context, method, path string, body []byte, answer any) error {
	return eventually(ctx, func() (bool, error) {
		r, err := http.NewRequestWithContext(ctx, method, "http://"+w.vendors.address+path, bytes.NewReader(body))
		if err != nil {
			return false, fmt.Errorf("ask simulator: %w", err)
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			return false, nil //nolint:nilerr // it does not listen yet
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return false, fmt.Errorf("ask simulator for %s: %s", path, response.Status)
		}
		if err := json.NewDecoder(response.Body).Decode(answer); err != nil {
			return false, fmt.Errorf("read simulator's answer: %w", err)
		}
		return true, nil
	})
}
