package signal_test

import (
	"fmt"

	"github.com/tagscan/tagscan/crawler/signal"
)

// A request of a visitor who refused: what it says to the vendor, and whether that fits.
func ExampleRecognise() {
	for _, claim := range [][2]string{
		{"gcs", "G100"},
		{"gdpr_consent", "CQuZP8AQuZP8AAKABBENBkFgAAAAAEPAAAYgAAALzgBAAZAXmAAA.IGSQAwAMgLzAZIAA.YAAAAAAAAAAA"},
		{"gcd", "13r3r3r2r5l1"},
		{"page", "7"},
	} {
		r, ok := signal.Recognise(claim[0], claim[1])
		if !ok {
			fmt.Println(claim[0], "says nothing about consent")
			continue
		}
		fmt.Println(claim[0], "says", r.Says)
		if purposes, vendors := r.InterestsLeft(); purposes.Len() > 0 {
			fmt.Printf("  legitimate interest was left on: purposes %s, vendors %s\n", purposes, vendors)
		}
	}
	// Output:
	// gcs says denied
	// gdpr_consent says denied
	//   legitimate interest was left on: purposes 2, 7-10, vendors 25, 755
	// gcd says granted
	// page says nothing about consent
}

func ExampleRecord_Consented() {
	r, err := signal.Decode("tcf", "CQuZP8AQuZP8AAKABBENBkFgAIAAAAAAAAYgF5wAQF5gAAAA.IGSQAwAMgLzAZIAA.YAAAAAAAAAAA")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("Google, purpose 1:", r.Consented(755, 1))
	fmt.Println("Google, purpose 2:", r.Consented(755, 2))
	fmt.Println("LinkedIn, purpose 1:", r.Consented(804, 1))
	fmt.Println("LinkedIn was shown:", r.Disclosed(804))
	// Output:
	// Google, purpose 1: granted
	// Google, purpose 2: denied
	// LinkedIn, purpose 1: denied
	// LinkedIn was shown: yes
}

// A string that is cut says where.
func ExampleDecode() {
	_, err := signal.Decode("tcf", "CQuZP8AQuZP8AAKABBEN")
	fmt.Println(err)
	_, err = signal.Decode("gpp", "DBABLA~CFQVAAAAAABA.YA~1YNN")
	fmt.Println(err)
	// Output:
	// the core of the TC string ends after 120 bits, in the middle of its vendor list version
	// the header of the GPP string announces 1 sections, and there are 2
}
