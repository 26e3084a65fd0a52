package detect

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDrawnTellsIdentifiersFromWordsTimesAndVersions(t *testing.T) {
	for _, s := range []string{
		"xmiz3fjla6y1", "v1-yMivoK9nQBhyMEpT==", "550e8400-e29b-41d4-a716-446655440000", "8438858355975255677", "1234567890.1700000000",
		"fb.1.1700000000000.42424242", "mbFWSVAj62xu4csfEbvQQ", "xusahvgdm878", "9f86d081884c7d65", "LqXzVbNmKpRt", "usr_8fK2mQ9xLp", "SSrwofkdeITCkyBmNOXBA", "f4OUCukZeYGdlTCGEmVoI",
	} {
		assert.True(t, drawn(s), s)
	}
	for _, s := range []string{
		"control_group", "variant-b-2", "treatment-long-2", "newsletterSignup", "iPhone14ProMax", "2026-11-23", "20261123T101112", "1700000000",
		"1700000000123", "1920x1080x24", "en-US,en;q=0.9", "Europe/Berlin", "120.0.6099.109", "https://a.example/b", "/path/to/page", "www.shop.example",
		"00000000-0000-0000-0000-000000000000", "aaaaaaaa", "short", "application/json", "G-ABC123DEF4", "GTM-ABC1234", "undefined", "cdn.example.com",
		"a sentence with 12345", "homepage_hero_banner_v3", "checkout2024", "parseURLString", "Einwilligung", "abonnement-annuel", "not-available", "organic_search_traffic", "recommendations",
		"returning-customer", "experimentGroupWithoutBanner", "kundenbewertung", "desktop_chrome_linux",
		"COvFyGBOvFyGBAbAAAENAPCAAOAAAAAAAAAAAEEUACCKAAA", "CQBxq8AQBxq8AAHABBENBSFsAP_gAEPgAAAAKhNX_H", "CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA.YAAAAAAAAAAA",
	} {
		assert.False(t, drawn(s), s)
	}
}
