"""Proof of an analysis: the same figures from onnx, ONNX Runtime and torch, and the values of both runtimes compared.

Every engine is asked in a file of its own and answers in plain data; `record.py` holds the answers and the verdict.
"""
