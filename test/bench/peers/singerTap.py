"""A tap as Meltano's Singer SDK has one written: one REST stream, paged by the link in the body."""
import sys
from urllib.parse import parse_qsl

from singer_sdk import RESTStream, Tap
from singer_sdk import typing as th
from singer_sdk.pagination import BaseHATEOASPaginator

TEXTS = """createdDateTime userDisplayName userPrincipalName userId appId appDisplayName ipAddress clientAppUsed
correlationId conditionalAccessStatus riskDetail riskLevelAggregated riskLevelDuringSignIn riskState
resourceDisplayName resourceId""".split()
ANY_LISTS = ["riskEventTypes", "riskEventTypes_v2", "appliedConditionalAccessPolicies"]
ANY_OBJECTS = ["status", "deviceDetail", "location"]


class LinkPaginator(BaseHATEOASPaginator):
    def get_next_url(self, response):
        return response.json().get("@odata.nextLink")


class SignIns(RESTStream):
    name = "signIns"
    path = "/v1.0/auditLogs/signIns"
    primary_keys = ("id",)
    records_jsonpath = "$.value[*]"
    schema = th.PropertiesList(
        th.Property("id", th.StringType),
        th.Property("isInteractive", th.BooleanType),
        *(th.Property(name, th.StringType) for name in TEXTS),
        *(th.Property(name, th.ArrayType(th.AnyType)) for name in ANY_LISTS),
        *(th.Property(name, th.ObjectType(additional_properties=True)) for name in ANY_OBJECTS),
    ).to_dict()

    @property
    def url_base(self):
        return self.config["url"]

    def get_new_paginator(self):
        return LinkPaginator()

    def get_url_params(self, context, next_page_token):
        return dict(parse_qsl(next_page_token.query)) if next_page_token else {"$top": 1000}


class TapGraph(Tap):
    name = "tap-graph"
    config_jsonschema = th.PropertiesList(th.Property("url", th.StringType, required=True)).to_dict()

    def discover_streams(self):
        return [SignIns(self)]


TapGraph(config={"url": sys.argv[1]}).sync_all()
