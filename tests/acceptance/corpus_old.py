"""A genuine Excel 97-2003 workbook (BIFF8 in an OLE container), packed: 31 made-up homes, one unclear load."""

# ruff: noqa: E501 - one entry a line

from __future__ import annotations

import base64
import zlib

__all__ = ["OLD_WORKBOOK"]

OLD_WORKBOOK = zlib.decompress(base64.b64decode(
    "eNrt2ktsVGUUB/BzpzPTmXbenb7baUV5o869d54iFlAePqi8tIAItNoYAwHSuBAXgCJLookrjRsSYuIGdeMjutCdCxOMLExITECX"
    "LoyJBhfA+J3TM993v37fgiZCJLlfM3fm3Ps/vw5zpsPtTX+8lL96/rOha7BgPQYdcKuVhHhgnyNu+XaRA3G81cKH7XuxC1rhuqdW"
    "MiGmFo/B1+kfOnGGOO9rEIFPo9+JLcCv4rYfjsPksaOz43dxbaTnMO3gc1gntg58KPZkYJCeVYG2L9G2h7afUPIb2q6nPedou05k"
    "rzr74NLE5KoGv4v3RJbQsQyg+wX1XKE9LvTC9/guPvWuM5+NwYa5V6eP/D8PlKIpuABibltmj87OTR+5CkUxwAvwd2sc4K/2T+q3"
    "4+H+u7vfAbH/H31/p2X/e5EowGloHaI3+FlIwZUEHok4m/bnj9yAemxGVHgTx/tOXd8VBac+s3by8t70brGnPLV+SuxJv3J+Z33m"
    "+GwMYGu5XHYT4CR252aQKAN+ueL94rx+4J0Tf5xz4fouznlGzlM5T+V8I+ernK9yFSNXUbmKylWNXFXlqipXM3I1laupXN3I1VWu"
    "rnINI9dQuYbKNY1cU+WaMueWF+RccYur17mskq6RdINJNRPXM5JeMKmm4vpG0g8m1VzcipGsBJNqMm7VSFaDSTUbt2Yka8Gkmo5b"
    "N5L1YFLNx20YyUYwqSbkNo1kM5hUM/IWzsgLzsgLzMhzjaQbTKoZeZ6R9IJJNSPPN5J+MKlm5FWMZCWYVDPyqkayGkyqGXk1I1kL"
    "JtWMvLqRrAeTakZew0g2gkk1I69pJJvBpJqRv3BGfnBGfmBGvmsk3WASZyQ+FT866UOX+MicP7PJaWc2afofPyW2L0OWHufp//0c"
    "JODGx3/+tG1m+8RB2nMaEvKcdyl+TEML3sQO0ZyhI+O0xSOrqGM1bd8idZgeD9G2KD49xP2y7b38YPMZyrxNR5eJ7+PTujyxPPB4"
    "hXh89vcdX5bO/jaxUjy+uOXaG8WLP0+chyWQFM/eoa8zsMZZ43zwPq6vJtr3Dp8f/ULbQeNcKRHJ8XNv8Yl9Fm7Sa9Y+v5+v8NVx"
    "ZBXh12q+6hBVB1uOxZr/XSHKeYesmKzQwnmcjGCFVoatiMWKkNXJ3fNTS8gKrSRbEc3qsFgdZHVxdwdZ3bJCK8VWh2ZFLVaUrDR3"
    "R8nKyAqtLFtRzYpZrBhZOe6OkZWXFVoFtmKaFbdYcbJ6uDtOVlFWaPWyFdesTovVSVYfd3eS1S8rtAbY6tSshMVKkDXI3QmyhmSF"
    "1jBbCc1KWqwkWSPcnSRrVFZoldhKalaXxeoia4y7u8galxVa97HVpVndFqubrCXc3U3W/bJC6wG2ujUrZbFSZC3l7hRZy2SF1nK2"
    "UpqVtlhpslZwd5qslbJCaxVbac3KWKwMWau5O0PWGlmh9SBbGc3KWqwsWQ9xd5ash2WFVpmtrGblLFaOLJe7c2R5skLLZyunWXmL"
    "lSerwt15sqqyQqvGVl6zCharQFaduwtkNWSFVpOtgmb1WKwesh7h7h6y1soKrUfZ6tGsosUqkrWOu4tkPSYrtCbYKmpWr8XqJWs9"
    "d/eStUFWaG1kq1ez+ixWH1mPc3cfWU/ICq1NbPVpVr/F6idrM3f3k7VFVmhtZatfswYs1gBZT3L3AFlPyQqtp9ka0KxBizVI1jPc"
    "PUjWNlmhNcnWoGYNWawhsp7l7iGytssKrR1sDWnWsMUaJmsndw+TtUtWaO1ma1izRizWCFnPcfcIWc/LCq0ptkY0a9RijZK1h7tH"
    "ydorK7T2sTWqWSWLVSLrBe4ukbVfVmi9yFZJs8Ys1hhZB7h7jKyDskLrkKzQmsZrq5ECfI4nNfTz0l5dEK5whStc4QpXuMIVrnCF"
    "K1x3cjl0ZRf4WinQdUi8fojX/fB6XZJ/M8HrWim6gg70+1CW/+7jprjdCv+M4p5dO+GY+HoNxmETHBX3c3BiUe+fPog5bcu5zZ72"
    "3wvhmhLffQ4Owww9j8OLfv8WIOIE/z233Tj+3/0ILfb731rM87zD3/9fuS5ysQ=="
))  # fmt: skip
"""Sheet 居民, headers 编号, 户主姓名, 地址, 服务户数; row 32 says 约3. Written once with the library xlwt."""
