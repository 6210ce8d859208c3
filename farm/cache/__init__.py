"""Finished work, found by content: what was rendered once is not rendered again."""
