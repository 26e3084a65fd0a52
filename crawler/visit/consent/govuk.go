package consent

// GOVUK is GOV.UK Design System: https://design-system.service.gov.uk/components/cookie-banner/ It says what was chosen in place of the
// question, until that is hidden.
var GOVUK = Platform{
	ID:    "govuk",
	Name:  "GOV.UK Design System",
	Doc:   "https://design-system.service.gov.uk/components/cookie-banner/",
	Popup: []string{`.govuk-cookie-banner`},
	Accept: []Way{
		{`.govuk-cookie-banner button[value=accept]`, `?.govuk-cookie-banner [data-hide-cookie-banner]`},
		{`.govuk-cookie-banner button[value=yes]`, `?.govuk-cookie-banner [data-hide-cookie-banner]`},
		{`.govuk-cookie-banner [data-accept-cookies]`, `?.govuk-cookie-banner [data-hide-cookie-banner]`},
	},
	Reject: []Way{
		{`.govuk-cookie-banner button[value=reject]`, `?.govuk-cookie-banner [data-hide-cookie-banner]`},
		{`.govuk-cookie-banner button[value=no]`, `?.govuk-cookie-banner [data-hide-cookie-banner]`},
		{`.govuk-cookie-banner [data-reject-cookies]`, `?.govuk-cookie-banner [data-hide-cookie-banner]`},
	},
}
