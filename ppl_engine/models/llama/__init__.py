"""Our own body for Llama, Mistral and Qwen2, in plain torch."""
