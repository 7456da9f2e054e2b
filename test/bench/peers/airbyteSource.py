"""Airbyte's declarative CDK, as its own command runs it: one manifest, one stream, paged by a cursor."""
import json
import sys
import tempfile
from pathlib import Path

from airbyte_cdk.cli.source_declarative_manifest import run

STREAM = {
    "type": "DeclarativeStream",
    "name": "signIns",
    "primary_key": ["id"],
    "retriever": {
        "type": "SimpleRetriever",
        "requester": {
            "type": "HttpRequester",
            "url_base": sys.argv[1],
            "path": "/v1.0/auditLogs/signIns",
            "http_method": "GET",
            "request_parameters": {"$top": "1000"},
        },
        "record_selector": {
            "type": "RecordSelector",
            "extractor": {"type": "DpathExtractor", "field_path": ["value"]},
        },
        "paginator": {
            "type": "DefaultPaginator",
            "page_token_option": {"type": "RequestPath"},
            "pagination_strategy": {
                "type": "CursorPagination",
                "cursor_value": "{{ response['@odata.nextLink'] }}",
                "stop_condition": "{{ '@odata.nextLink' not in response }}",
            },
        },
    },
    "schema_loader": {
        "type": "InlineSchemaLoader",
        "schema": {"type": "object", "additionalProperties": True, "properties": {}},
    },
}
MANIFEST = {
    "version": "6.0.0",
    "type": "DeclarativeSource",
    "check": {"type": "CheckStream", "stream_names": ["signIns"]},
    "streams": [STREAM],
    "spec": {"type": "Spec", "connection_specification": {"type": "object", "properties": {}}},
}
CATALOG = {
    "streams": [
        {
            "stream": {"name": "signIns", "json_schema": {}, "supported_sync_modes": ["full_refresh"]},
            "sync_mode": "full_refresh",
            "destination_sync_mode": "append",
        }
    ]
}

with tempfile.TemporaryDirectory() as folder:
    words = ["read"]
    for name, content in {"config": {}, "catalog": CATALOG, "manifest-path": MANIFEST}.items():
        path = Path(folder, f"{name}.yaml" if name == "manifest-path" else f"{name}.json")
        path.write_text(json.dumps(content))
        words += [f"--{name}", str(path)]
    sys.argv[1:] = words
    run()
