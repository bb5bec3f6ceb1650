"""One tiny spider for each way of asking: a page, a feed, a docket."""
