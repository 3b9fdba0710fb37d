"""Turns a LLaVA-family checkpoint in Hugging Face layout into a Nadir model folder: python -m training.convert CHECKPOINT --out DIR"""
