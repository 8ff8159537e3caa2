"""Results as Plotly figures: one palette with one meaning per colour, axes in people's units, nothing to operate.

Titles stand outside the figure, in the page's own fonts. Colours are mid-tones that read on white and on near-black,
and differ in lightness too, so that they part for colour-blind readers and in grey print.
"""
