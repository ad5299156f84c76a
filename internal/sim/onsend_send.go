package sim

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

type onsendAnswer struct {
	Success   *bool               `json:"success,omitempty"`
	Message   string              `json:"message"`
	MessageID string              `json:"message_id,omitempty"`
	Errors    map[string][]string `json:"errors,omitempty"`
}

func onsendResult(status int, success bool, message string) answer {
	return jsonAnswer(status, onsendAnswer{Success: &success, Message: message})
}

func (o *onsend) failure(status, retryAfter int, message string) answer {
	if message == "" {
		message = map[int]string{
			http.StatusTooManyRequests: "Too Many Attempts.", http.StatusUnauthorized: "Unauthenticated.",
			http.StatusInternalServerError: "Server Error",
		}[status]
	}
	if message == "" {
		message = http.StatusText(status)
	}
	var a answer
	if status < http.StatusMultipleChoices {
		a = onsendResult(status, false, message)
	} else {
		a = jsonAnswer(status, onsendAnswer{Message: message})
	}
	if retryAfter > 0 {
		a.header.Set("Retry-After", strconv.Itoa(retryAfter))
	}
	return a
}

func (o *onsend) serve(c *call) answer {
	known := c.method == "status" || c.method == "send"
	if !known || !strings.HasPrefix(c.req.URL.Path, "/onsend/api/v1/") {
		return o.failure(http.StatusNotFound, 0, "The route "+strings.TrimPrefix(c.req.URL.Path, "/onsend/")+" could not be found.")
	}
	if want := map[string]string{"status": http.MethodGet, "send": http.MethodPost}[c.method]; c.req.Method != want {
		return o.failure(http.StatusMethodNotAllowed, 0, "The "+c.req.Method+" method is not supported for this route. Supported methods: "+want+".")
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	d := o.byToken(c.req)
	if d == nil {
		a := o.failure(http.StatusUnauthorized, 0, "")
		rateHeaders(a, 60, 59)
		return a
	}
	left, refusal, allowed := o.throttle(d, c.method)
	if !allowed {
		return refusal
	}
	a := o.act(d, c)
	rateHeaders(a, d.PerMinute, left)
	return a
}

func rateHeaders(a answer, limit, left int) {
	if limit > 0 {
		a.header["X-RateLimit-Limit"] = []string{strconv.Itoa(limit)}
		a.header["X-RateLimit-Remaining"] = []string{strconv.Itoa(left)}
	}
}

// throttle counts a call against the minute, and a send against the day.
func (o *onsend) throttle(d *device, method string) (left int, refusal answer, allowed bool) {
	now := time.Now()
	if d.PerMinute > 0 {
		var wait time.Duration
		left, wait, allowed = d.minute.take(now, d.PerMinute)
		if !allowed {
			a := o.failure(http.StatusTooManyRequests, seconds(wait), "")
			a.header["X-RateLimit-Reset"] = []string{strconv.FormatInt(now.Add(wait).Unix(), 10)}
			rateHeaders(a, d.PerMinute, 0)
			return 0, a, false
		}
	}
	if d.PerDay > 0 && method == "send" {
		if _, _, allowed = d.day.take(now, d.PerDay); !allowed {
			a := o.failure(http.StatusTooManyRequests, 0, "You have reached the daily message limit of your package.")
			rateHeaders(a, d.PerMinute, left)
			return 0, a, false
		}
	}
	return left, answer{}, true
}

func (o *onsend) act(d *device, c *call) answer {
	if c.method == "status" {
		return jsonAnswer(http.StatusOK, map[string]string{"name": d.Name, "phone_number": d.Phone, "status": d.Status})
	}
	if errs := validateSend(c); len(errs) > 0 {
		return jsonAnswer(http.StatusUnprocessableEntity, onsendAnswer{Message: "The given data was invalid.", Errors: errs})
	}
	if d.Status != DeviceConnected {
		status := d.OfflineStatus
		if status == 0 {
			status = http.StatusOK
		}
		return onsendResult(status, false, "Device is not connected.")
	}
	id := strings.ToUpper("3EB0" + o.sim.ids.hex(9))
	m := ChatMessage{
		ChatRef: ChatRef{OnSend, d.ID, c.args["phone_number"]}, ID: id, Author: AuthorBusiness, Name: d.Name,
		Text: c.args["message"], Kind: c.args["type"], URL: c.args["url"], State: StateDelivered,
	}
	if !o.blocked[m.ChatRef] {
		o.sim.chats.add(m)
	}
	if d.EchoSends {
		o.deliver(d, inbound{
			Customer: m.Customer, Text: m.Text, ID: id, FromMe: true, Form: d.Form, At: o.sim.cfg.Now(),
		}, func(attempt) {})
	}
	success := true
	result := onsendAnswer{Success: &success, Message: "Message sent."}
	if d.WithMessageID {
		result.MessageID = id
	}
	return jsonAnswer(http.StatusOK, result)
}

// validateSend returns Laravel's messages for each wrong field.
func validateSend(c *call) map[string][]string {
	errs := map[string][]string{}
	if c.malformed != nil {
		c.args = params{} // Laravel reads an undecodable body as an empty one
	}
	if c.args["type"] == "" {
		c.args["type"] = "text"
	}
	kind := c.args["type"]
	require := func(field string) {
		if strings.TrimSpace(c.args[field]) == "" {
			errs[field] = []string{"The " + strings.ReplaceAll(field, "_", " ") + " field is required."}
		}
	}
	require("phone_number")
	if phone := c.args["phone_number"]; phone != "" && !isPhone(phone) {
		errs["phone_number"] = []string{"The phone number format is invalid."}
	}
	switch kind {
	case "text":
		require("message")
	case "image", "video", "document":
		require("url")
		if link := c.args["url"]; link != "" && !isWebURL(link) {
			errs["url"] = []string{"The url format is invalid."}
		}
	default:
		errs["type"] = []string{"The selected type is invalid."}
	}
	if kind == "document" {
		require("mimetype")
		require("filename")
	}
	return errs
}

func isPhone(s string) bool {
	return len(s) >= 8 && len(s) <= 15 && strings.Trim(s, "0123456789") == ""
}

func isWebURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}
