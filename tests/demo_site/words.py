"""The vocabulary of a software company's wiki."""
# ruff: noqa: RUF001 - typographic dashes and quotes are what real titles have

from __future__ import annotations

USERS = (
    ("712020:3fd582db-3261-4930-b192-171d1cb74d1f", "Ana Lindqvist"),
    ("712020:18682b8d-c1c4-432b-8a74-b72ad9e829d9", "Marek Dvořák"),
    ("712020:5b1e0f3c-7a44-4c9b-9d51-2f6c0a7be111", "Priya Raghavan"),
    ("557058:593d9e9f-9a80-46c5-839e-ec2cf675b021", "Tom Okafor"),
    ("557058:c0f2b8d4-13aa-4be0-8a4c-5a3b9e77d202", "Sofía Méndez"),
    ("557058:0a1b7f66-40d2-4f0c-b6f5-90e4d1c3a303", "Jürgen Weiß"),
    ("608a9b555426330072f9867d", "Alice Moreau"),
    ("630db2cd9796033b256bc350", "Kenji Tanaka"),
    ("5cb4ae0e4b97ab11a18e00c8", "Zoë van Dijk"),
    ("5ca46c14e935e80e41c3c3f0", "Liam O’Connor"),
    ("712020:77c2a1de-0b5f-4d27-8f0e-6a9b3c5d8404", "Ingrid Østergård"),
    ("712020:e9d4c3b2-a1f0-4e5d-9c8b-7a6f5e4d3505", "Paweł Nowak"),
    ("557058:1f2e3d4c-5b6a-4798-8a7b-6c5d4e3f2606", "Grace Mbeki"),
    ("6123fa9b0c7de80068a1b2c3", "李 伟"),
    ("61f0aa317c5e9e006ab4d7e8", "Emilia Rossi"),
    ("712020:0c9d8e7f-6a5b-4c3d-9e2f-1a0b9c8d7707", "Noah Fischer"),
    ("712020:ab12cd34-ef56-4789-a0b1-c2d3e4f5a808", "Fatima Al-Sayed"),
)
APP_USER = ("557058:f58131cb-b67d-43c7-b30d-6b58d40bd077", "Automation for Jira")

TREE_ITEMS = ("folder", "whiteboard", "database", "embed")

GROUPS = (
    "confluence-users",
    "confluence-guests",
    "site-admins",
    "org-admins",
    "engineering",
    "operations",
    "support-tier-2",
    "contractors/external",
    "equipe-são-paulo",
)

SPACES = (
    ("ENG", "Engineering", "global", "current"),
    ("OPS", "Operations", "global", "current"),
    ("KB", "Help Center", "knowledge_base", "current"),
    ("~712020ab12cd34ef564789a0b1c2d3e4f5a808", "Zoë van Dijk – Büro", "personal", "current"),
    ("LEGACY", "Legacy Platform (2016–2020)", "global", "archived"),
    ("START", "Getting started in Confluence", "onboarding", "current"),
)
MORE_SPACES = ("Mobile", "Data", "Security", "Finance", "People", "Design", "Sales", "Research")

KINDS = (
    "Runbook",
    "Design",
    "RFC",
    "Meeting notes",
    "Postmortem",
    "How to",
    "Onboarding",
    "Decision",
    "Release notes",
    "Checklist",
    "FAQ",
    "Roadmap",
    "Retrospective",
    "Architecture",
)
TOPICS = (
    "payments API",
    "checkout latency",
    "search index",
    "on-call rotation",
    "customer import",
    "billing export",
    "Kubernetes upgrade",
    "feature flags",
    "mobile sign-in",
    "data warehouse",
    "incident response",
    "access reviews",
    "office network",
    "vendor contracts",
    "Überwachung & Alarme",
    "naïve cache",
    "Übersetzung",
    "日本語ドキュメント",
    "email delivery",
    "audit trail",
    "backup restore",
    "design tokens",
    "load tests",
    "API gateway",
)
TITLE_TAILS = (
    "",
    "",
    "",
    " – draft",
    " v2",
    " (EU)",
    " “final”",
    " / Q3",
    " & follow-up",
    ": what we know",
)
LABELS = (
    *("runbook", "design", "rfc", "meeting-notes", "postmortem", "how-to", "onboarding"),
    *("decision", "release", "checklist", "faq", "roadmap", "retrospective", "architecture"),
    *("payments", "checkout", "search", "on-call", "billing", "kubernetes", "flags", "mobile"),
    *("warehouse", "incident", "security", "network", "vendor", "monitoring", "cache", "übersicht"),
    *("日本語", "email", "audit", "backup", "tokens", "load-test", "gateway", "kb-how-to-article"),
    *("kb-troubleshooting", "draft", "obsolete", "reviewed", "needs-owner", "q1", "q2", "q3"),
    *("q4", "gdpr", "sox", "iso27001", "eu", "us", "apac", "customer-facing", "internal"),
    *("template", "archive-me", "team-red", "team-blue", "team-green", "hiring", "budget"),
    *("2023", "2024", "2025", "2026", "legacy", "migration", "experiment", "kpi", "okr"),
)
SENTENCES = (
    "The service reads from the replica unless the write happened less than five seconds ago.",
    "We agreed to keep the old endpoint until the mobile release of March has reached everyone.",
    "If the queue grows beyond 10&nbsp;000 messages, page the on-call engineer first.",
    "Nobody should need production access to answer this question.",
    "Die Freigabe erfolgt durch das Team, das den Dienst betreibt.",
    "Latency went from 180&nbsp;ms to 2.4&nbsp;s at the 99th percentile within a minute.",
    "Costs are split by project &amp; environment; anything untagged lands on platform.",
    "The import stops at the first malformed row and writes its number to the log.",
    "Ask in the team channel before you rotate the key: three jobs still share it.",
    "La reunión se mueve a los jueves a partir de septiembre.",
    "This page replaces the spreadsheet; please don&rsquo;t edit the spreadsheet any more.",
    "Rollback takes about four minutes, of which three are spent warming the cache.",
    "Values &lt;&nbsp;0 are corrections and must not be summed into revenue.",
    "本番環境の変更は必ずレビューを受けてください。",
    "The vendor answers within one working day, except in the last week of December.",
    "Retries are safe because each request carries its own idempotency key.",
)
COMMENTS = (
    "Looks good to me.",
    "Is this still true after the migration?",
    "Could you add who owns this?",
    "Fixed, thanks!",
    "I moved the numbers into the table below.",
    "Danke, das hat geholfen 🎉",
    "We should link the incident here.",
    "Not sure – the dashboard says otherwise.",
)
TASKS = (
    "Update the diagram",
    "Ask legal about the retention period",
    "Delete the old bucket",
    "Write the rollback section",
    "Prüfen, ob die Alarme ankommen",
    "Book the room",
)
FILES = (
    ("architecture", "png", "image/png", "PNG Image"),
    ("export", "csv", "text/csv", "CSV File"),
    ("contract", "pdf", "application/pdf", "PDF Document"),
    ("budget 2026", "xlsx", "application/vnd.ms-excel", "Microsoft Excel Spreadsheet"),
    ("übersicht", "svg", "image/svg+xml", "SVG Image"),
    ("notes", "txt", "text/plain", "Text File"),
)
MESSAGES = ("", "", "", "", "Fixed a typo", "Reverted from v. 1", "Nachtrag", None)
CUSTOM_TYPES = (
    "ac:com.mxgraph.confluence.plugins.diagramly:drawio-diagram",
    "com.atlassian.confluence.extra.team-calendars:calendar-content-type",
)
OPERATIONS = (
    ("read", "space"),
    ("create", "page"),
    ("create", "blogpost"),
    ("create", "comment"),
    ("create", "attachment"),
    ("delete", "page"),
    ("delete", "comment"),
    ("archive", "page"),
    ("export", "space"),
    ("administer", "space"),
)
