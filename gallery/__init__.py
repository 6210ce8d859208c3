"""The gallery: a picture of every entry of the catalogues, made by the farm itself.

``python -m gallery`` renders them into ``docs/gallery`` and writes its pages.
"""
