"""The one error of a conversion: a code that callers branch on, and a sentence saying what was found and what to do."""


class ConvertError(Exception):
    """`code` is one of:
    CHECKPOINT_NOT_FOUND · CONFIG_INVALID · WEIGHTS_UNSUPPORTED · TENSOR_MISSING · SHAPE_MISMATCH · MODEL_UNSUPPORTED ·
    TOWER_UNSUPPORTED · CONNECTOR_UNSUPPORTED · LLM_UNSUPPORTED · ROPE_UNSUPPORTED · ACTIVATION_UNSUPPORTED ·
    ADAPTER_UNSUPPORTED · ADAPTER_MISMATCH · TOKENIZER_UNSUPPORTED · CHAT_TEMPLATE_MISSING · PREPROCESSOR_UNSUPPORTED ·
    DIALECT_UNSUPPORTED · TOO_LARGE · OUT_EXISTS · CHECK_FAILED
    """

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code

    def __str__(self):
        return f'{self.code}: {super().__str__()}'


def need(condition, code, message):
    if not condition:
        raise ConvertError(code, message)
