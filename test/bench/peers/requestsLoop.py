"""The loop that one writes first in Python: requests, json, one line for each record."""
import json
import sys

import requests

session = requests.Session()
url = f"{sys.argv[1]}/v1.0/auditLogs/signIns?$top=1000"
while url:
    page = session.get(url, timeout=60).json()
    for record in page["value"]:
        print(json.dumps(record))
    url = page.get("@odata.nextLink")
