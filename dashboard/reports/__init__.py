"""Reports: what a period was like, as a workbook that says what each of its figures means and can be made again.

model says what a report is made of, parts make its sheets from facts, and writing puts them into an .xlsx file.
"""
