// Package discover says which pages to visit: it finds URLs in links, sitemaps and lists, keeps to the scope and to
// robots.txt, folds URLs into routes, and hands out each task once. It loads nothing in a browser.
package discover
