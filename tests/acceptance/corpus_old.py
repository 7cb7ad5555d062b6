"""A genuine Excel 97-2003 workbook (BIFF8 in an OLE container), packed: 31 made-up homes, one unclear load."""

# ruff: noqa: E501 - one entry a line

from __future__ import annotations

import base64
import zlib

__all__ = ["OLD_WORKBOOK"]

OLD_WORKBOOK = zlib.decompress(base64.b64decode(
    "eNrt2kuMU2UUB/Bz+5i2M31P25nOs6K8UXtv3yIUUB4+GIeHDi+BGWVhIGAmLsQFoMiSaOJK44aEmLgQdYPPhe5cmGBkYUJi"
    "ArJ0YUw0uADqd86cft/95n4LJhEiyf0mve25939+U3o65c7N/HQpc/Xc50PXYN5aC0G43YlBj2ufJW6ZbpEGcbzTwYfde7EL"
    "Ov66r1YsKqbWE4ZvEj9GcIY472sQgM9C34stwG/itg9ehYljRw+V7uHaQM9h2sLnsEZsLfhQ7ElCkZ5VlrYv0baftp9S8lva"
    "rqM9Z2m7RmSvWnvgUntiRZPfxbsCi+hYEtD9gnqu0B4b8vADvotPvmvNZcOwfvaV6SP/zwNjoTicBzG3zYeOHpqdPnIVcmKA"
    "5+HvTgngr+5P6nclf/+93W+B2P+Pvj9i2P9eIARwCjoH6Q1+BuJwJYpHAtbGfZkjN6ERnhEV3sTxwskbO0JgNWZWT1zendgp"
    "9pSn1k2JPRf3frL/64nrO8IAW8rlsh0FK7ozPYNEGfDLFu8X6/X97xz/46wNN7o5x5NzVM5RuYonV1G5ispVPbmqylVVrubJ"
    "1VSupnJ1T66ucnWVa3hyDZVrqFzTk2uqXFPlWp5cS+VaMmeX5+VscetRr3NZJW1P0nYn1Uxsx5N03Ek1FbviSVbcSTUXu+pJ"
    "Vt1JNRm75knW3Ek1G7vuSdbdSTUdu+FJNtxJNR+76Uk23Uk1IbvlSbbcSTUjZ/6MHPeMHNeMHNuTtN1JNSPH8SQdd1LNyKl4"
    "khV3Us3IqXqSVXdSzcipeZI1d1LNyKl7knV3Us3IaXiSDXdSzchpepJNd1LNyGl5ki13Us2oMn9GFfeMKq4ZVWxP0nYncUbi"
    "U/GjExXoFR+Zc2c2ae3MJkH/48fF9mVI0eMM/b+fhijc/PjPn7fOTLYP0J5TEJXnvIvxYxo68CZ2iOYkHSnRFo+soI6VtH2L"
    "1GF6PETbnPj0EPdLJvP8YNNpyrxNR5eI71Ohdbm91PV4mXh85vdtX46dud5eLh5f2HztjdyFX9rnYBHExLO36Os0rLJWWR+8"
    "j+urdvfe4vOjX2lb9JwrRQNpfu4dPrFPwS16zbrn93MVvjqWrAL8Ws1VQVEF2bIM1tzvCiHOW2SFZYUWzuNEACu0kmwFDFaA"
    "rAh3z00tKiu0YmwFNCtosIJk9XJ3kKw+WaEVZyuoWSGDFSIrwd0hspKyQivFVkizwgYrTFaau8NkZWSFVpatsGb1GKwesvq5"
    "u4esnKzQyrPVo1kRgxUhq8DdEbIGZIXWIFsRzYoarChZRe6OkjUkK7SG2YpqVsxgxcga4e4YWaOyQmuMrZhm9RqsXrLGubuX"
    "rJKs0HqArV7N6jNYfWQt4u4+sh6UFVoPsdWnWXGDFSdrMXfHyVoiK7SWshXXrITBSpC1jLsTZC2XFVor2EpoVtJgJclayd1J"
    "slbJCq2H2UpqVspgpch6hLtTZD0qK7TKbKU0K22w0mTZ3J0my5EVWhW20pqVMVgZsqrcnSGrJiu06mxlNCtrsLJkNbg7S1ZT"
    "Vmi12MpqVr/B6ifrMe7uJ2u1rNB6nK1+zcoZrBxZa7g7R9ZaWaHVZiunWXmDlSdrHXfnyVovK7Q2sJXXrILBKpD1BHcXyHpS"
    "VmhtZKugWQMGa4CsTdw9QNZmWaG1ha0BzRo0WINkPcXdg2Q9LSu0nmFrULOKBqtI1rPcXSRrq6zQmmCrqFlDBmuIrOe4e4is"
    "SVmhtY2tIc0aNljDZG3n7mGydsgKrZ1sDWvWiMEaIet57h4h6wVZoTXF1ohmjRqsUbJ2cfcoWbtlhdYetkY1a8xgjZG1l7vH"
    "yNonK7ReZGtMs8YN1jhZ+7l7nKwDskLroKzQmsZrq4EsXMSTGvp56a5e8Je//OUvf/nLX/7yl7/85a+7uSy6sgt8rRToOiRe"
    "P8Trfni9Lsa/meB1rThdQQf6fSjFf/dxS9xu+39Gcd+u7XBMfL0GJdgIR8X9LBxf0PunAGGra1l32NP9eyFcU+K7z8JhmKHn"
    "cXjB798sBCz3v+eOG0v/3Y/QQr//7YU8z7v8/f8FtLJ0Ng=="
))  # fmt: skip
"""Sheet 居民, headers 编号, 户主姓名, 地址, 家庭人口; row 32 says 约3. Written once with the library xlwt."""
