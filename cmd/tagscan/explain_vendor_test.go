package main

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/detect/recipient"
)

// TestAVendorsIDIsTold: by which id consent strings name a vendor is told, and also that it is not known.
func TestAVendorsIDIsTold(t *testing.T) {
	known := &recipient.Vendor{Consent: recipient.Consent{GVL: 32, Takes: []string{"tcf", "gpp"}, Sources: []string{"https://list.example/"}}}
	assert.Equal(t, "id in the IAB's Global Vendor List: 32\nits requests can say what the visitor chose by: tcf, gpp\nhttps://list.example/",
		vendorConsent(known))
	assert.Equal(t, "id in the IAB's Global Vendor List: not known, so vendor-not-disclosed is never said of it",
		vendorConsent(&recipient.Vendor{}))
}
