package onsend

import (
	"strings"

	"sembang/internal/channel"
	"sembang/internal/channel/loose"
)

// party is what the name of a WhatsApp chat turns out to be.
type party int

const (
	partyNone   party = iota
	partyPerson       // a phone number
	partyHidden       // a privacy id: a person who cannot be written to
	partyCrowd        // a group, a status post, a broadcast, a newsletter
)

// resolve reads a phone number or a WhatsApp id such as 60123456789:3@c.us.
func resolve(raw, country string) (channel.Address, party) {
	raw = strings.TrimSpace(raw)
	at := strings.LastIndexByte(raw, '@')
	if at < 0 {
		return person(raw, country)
	}
	user, _, _ := strings.Cut(raw[:at], ":")
	switch domain := strings.ToLower(raw[at+1:]); domain {
	case "g.us", "broadcast", "newsletter":
		return channel.Address{}, partyCrowd
	case "lid", "hosted.lid":
		if user == "" {
			return channel.Address{}, partyNone
		}
		return channel.Address{Kind: channel.AddressChat, Value: channel.Key(user + "@lid")}, partyHidden
	case "c.us", "s.whatsapp.net", "hosted":
		// The numbers of WhatsApp are always international.
		return person(user, "")
	}
	return channel.Address{}, partyNone
}

func person(raw, country string) (channel.Address, party) {
	digits, ok := channel.Phone(raw, country)
	if !ok {
		return channel.Address{}, partyNone
	}
	return channel.Address{Kind: channel.AddressPhone, Value: digits}, partyPerson
}

// find returns the first phone number among the paths, else the first privacy
// id.
func find(doc loose.Value, paths []string, country string) (channel.Address, bool) {
	var hidden channel.Address
	for _, path := range paths {
		switch address, kind := resolve(doc.At(path).Text(), country); kind {
		case partyPerson:
			return address, true
		case partyHidden:
			if hidden.Value == "" {
				hidden = address
			}
		case partyNone, partyCrowd:
		}
	}
	return hidden, hidden.Value != ""
}

// crowded tells whether any of the paths names a chat of many.
func crowded(doc loose.Value, paths []string) bool {
	for _, path := range paths {
		if _, kind := resolve(doc.At(path).Text(), ""); kind == partyCrowd {
			return true
		}
	}
	return false
}
