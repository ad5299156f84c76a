package sim

import (
	"encoding/json"
	"net/http"
	"strconv"
	"unicode"
	"unicode/utf8"
)

type tgEnvelope struct {
	OK          bool          `json:"ok"`
	Result      any           `json:"result,omitempty"`
	ErrorCode   int           `json:"error_code,omitempty"`
	Description string        `json:"description,omitempty"`
	Parameters  *tgParameters `json:"parameters,omitempty"`
}

type tgParameters struct {
	RetryAfter int   `json:"retry_after,omitempty"`
	MigrateTo  int64 `json:"migrate_to_chat_id,omitempty"`
}

func tgOK(result any) answer { return tgDone(result, "") }

func tgDone(result any, description string) answer {
	return jsonAnswer(http.StatusOK, tgEnvelope{OK: true, Result: result, Description: description})
}

func tgError(status int, description string) answer {
	return jsonAnswer(status, tgEnvelope{ErrorCode: status, Description: description})
}

// badRequest words a detail as Telegram's server does: its first letter is
// lower case unless the detail is a name in capitals.
func badRequest(detail string) answer {
	first, size := utf8.DecodeRuneInString(detail)
	second, _ := utf8.DecodeRuneInString(detail[size:])
	if !unicode.IsUpper(second) && second != '_' {
		detail = string(unicode.ToLower(first)) + detail[size:]
	}
	return tgError(http.StatusBadRequest, "Bad Request: "+detail)
}

func tooManyRequests(after int) answer {
	text := "Too Many Requests: retry after " + strconv.Itoa(after)
	a := jsonAnswer(http.StatusTooManyRequests, tgEnvelope{
		ErrorCode: http.StatusTooManyRequests, Description: text, Parameters: &tgParameters{RetryAfter: after},
	})
	a.header.Set("Retry-After", strconv.Itoa(after))
	return a
}

func (t *telegram) failure(status, retryAfter int, message string) answer {
	switch {
	case status == http.StatusTooManyRequests:
		return tooManyRequests(max(1, retryAfter))
	case message != "":
		return tgError(status, message)
	case status == http.StatusInternalServerError:
		return tgError(status, "Internal Server Error: restart")
	}
	return tgError(status, http.StatusText(status))
}

type tgUser struct {
	ID           int64  `json:"id"`
	IsBot        bool   `json:"is_bot"`
	FirstName    string `json:"first_name"`
	LastName     string `json:"last_name,omitempty"`
	Username     string `json:"username,omitempty"`
	LanguageCode string `json:"language_code,omitempty"`
}

type tgChatInfo struct {
	ID        int64  `json:"id"`
	Type      string `json:"type"`
	Title     string `json:"title,omitempty"`
	FirstName string `json:"first_name,omitempty"`
	LastName  string `json:"last_name,omitempty"`
	Username  string `json:"username,omitempty"`
}

type tgEntity struct {
	Type     string `json:"type"`
	Offset   int    `json:"offset"`
	Length   int    `json:"length"`
	URL      string `json:"url,omitempty"`
	Language string `json:"language,omitempty"`
	EmojiID  string `json:"custom_emoji_id,omitempty"`
}

type tgMessage struct {
	MessageID int64           `json:"message_id"`
	From      *tgUser         `json:"from,omitempty"`
	Chat      tgChatInfo      `json:"chat"`
	Date      int64           `json:"date"`
	EditDate  int64           `json:"edit_date,omitempty"`
	ReplyTo   *tgMessage      `json:"reply_to_message,omitempty"`
	Text      string          `json:"text,omitempty"`
	Entities  []tgEntity      `json:"entities,omitempty"`
	Caption   string          `json:"caption,omitempty"`
	CaptionEs []tgEntity      `json:"caption_entities,omitempty"`
	Photo     []tgFile        `json:"photo,omitempty"`
	Document  *tgFile         `json:"document,omitempty"`
	Voice     *tgFile         `json:"voice,omitempty"`
	Video     *tgFile         `json:"video,omitempty"`
	Location  *tgLocation     `json:"location,omitempty"`
	Markup    json.RawMessage `json:"reply_markup,omitempty"`
}

type tgFile struct {
	FileID   string `json:"file_id"`
	UniqueID string `json:"file_unique_id"`
	FileName string `json:"file_name,omitempty"`
	MimeType string `json:"mime_type,omitempty"`
	FileSize int    `json:"file_size,omitempty"`
	Width    int    `json:"width,omitempty"`
	Height   int    `json:"height,omitempty"`
	Duration int    `json:"duration,omitempty"`
}

type tgLocation struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}
