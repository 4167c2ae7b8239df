"""KeePassXC's own program, a database as a person keeps one, and what is in a database but for our entry."""

import base64
import csv
import io
import re
import subprocess
from datetime import datetime, timedelta, timezone
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from pykeepass import PyKeePass

# The smallest picture.
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
LETTER = b"my letter\n" * 20

# Texts that a writer of XML easily spoils.
TEXTS = {
    "blanks around": "  two before, one after ",
    "lines": "\nfirst\n\n  second\n",
    "tabs": "\ta\tb\t",
    "markup": "<a href=\"x\">&amp;</a> ]]> 'q'",
    "letters": "äß€😀\u2028ü",
    "none": "",
}


def keepassxc_making(command, *args, said=()):
    """Runs a command of KeePassXC's that makes a database, with a key derivation that takes a fiftieth of its least time.

    KeePassXC counts how many rounds it does in 100 ms, of a clock that goes fifty times too fast. It is the number that
    makes the tests take minutes: neither the other programs nor ours, as tests are built, are as quick at it.
    """
    return keepassxc(command, "-t", "100", *args, said=said, before=["faketime", "-f", "+0 x50"])


def keepassxc(command, *args, said=(), before=()):
    """Runs KeePassXC's own program, with what a person would type, and returns what it prints."""
    ended = subprocess.run(
        [*before, "keepassxc-cli", command, "-q", *args],
        input="".join(f"{line}\n" for line in said).encode(),
        capture_output=True,
        timeout=60,
        env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8", "QT_QPA_PLATFORM": "offscreen"},
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.decode().strip()


class Author:
    """Writes the document of a database that uses what a version of the format can hold.

    KeePassXC takes the lowest version that does: custom data of entries and groups need 4.0; names of icons, tags of
    groups, the group of before and the quality check 4.1.
    """

    def __init__(self, version):
        self.version = version

    def document(self):
        """Returns the document."""
        deep = self.group(3, "Deep", self.entry(14, "deep"), icon=self.own_icon())
        mail = self.entry(
            11,
            "mail",
            fields=TEXTS | {f"hidden {name}": text for name, text in TEXTS.items()} | {"hidden blank": " "},
            expires=True,
            history=self.entry(11, "mail of before") + self.entry(11, "mail of long ago"),
            rest=self.custom_data() + self.since("4.1", f"<QualityCheck>False</QualityCheck>{self.group_of_before()}"),
        )
        rest = self.custom_data() + self.since("4.1", f"<Tags>a tag;another</Tags>{self.group_of_before()}")
        personal = self.group(2, "Personal", mail + deep, rest=rest)
        bank = self.entry(12, "bank", icon=self.own_icon())
        bin_ = self.group(5, "Papierkorb", self.entry(13, "thrown away"))
        root = self.group(1, "My database", bank + personal + self.group(4, "Empty", "") + bin_)
        return f"<KeePassFile>{self.meta()}<Root>{root}{self.deleted()}</Root></KeePassFile>"

    def since(self, version, text):
        return text if self.version >= version else ""

    @staticmethod
    def id(number):
        return base64.b64encode(bytes([number] * 16)).decode()

    def own_icon(self):
        return f"<CustomIconUUID>{self.id(200)}</CustomIconUUID>"

    def group_of_before(self):
        return f"<PreviousParentGroup>{self.id(4)}</PreviousParentGroup>"

    def custom_data(self):
        items = "<Item><Key>KeeShare</Key><Value>  x y </Value></Item><Item><Key>flag</Key><Value>true</Value></Item>"
        return self.since("4.0", f"<CustomData>{items}</CustomData>")

    @staticmethod
    def times(expires=False):
        moments = {
            "LastModificationTime": "2021-03-04T05:06:07Z",
            "CreationTime": "2020-01-02T03:04:05Z",
            "LastAccessTime": "2021-03-04T05:06:08Z",
            "ExpiryTime": "2031-01-01T00:00:00Z",
            "Expires": expires,
            "UsageCount": 7,
            "LocationChanged": "2020-01-02T03:04:06Z",
        }
        return f"<Times>{''.join(f'<{tag}>{text}</{tag}>' for tag, text in moments.items())}</Times>"

    @staticmethod
    def field(key, text):
        hidden = ' ProtectInMemory="True"' if key.startswith(("hidden", "Password")) else ""
        return f"<String><Key>{escape(key)}</Key><Value{hidden}>{escape(text)}</Value></String>"

    def entry(self, number, title, fields=None, history="", icon="<IconID>12</IconID>", expires=False, rest=""):
        fields = {
            "Title": title,
            "UserName": "me",
            "Password": "  hunter2 ",
            "URL": "https://x.example/?a=1&b=2",
            "Notes": "  first line\nsecond\n",
        } | (fields or {})
        sequences = (("*bank*", "{PASSWORD}"), ("other", ""))
        associations = "".join(
            f"<Association><Window>{window}</Window><KeystrokeSequence>{keys}</KeystrokeSequence></Association>"
            for window, keys in sequences
        )
        return (
            f"<Entry><UUID>{self.id(number)}</UUID>{icon}<ForegroundColor>#FF0000</ForegroundColor>"
            "<BackgroundColor>#00FF12</BackgroundColor><OverrideURL>cmd://firefox {URL} </OverrideURL>"
            f"<Tags>work;a tag</Tags>{self.times(expires)}"
            f"{''.join(self.field(key, text) for key, text in fields.items())}"
            "<Binary><Key>letter.txt</Key><Value Ref='0'/></Binary><Binary><Key>empty</Key><Value Ref='1'/></Binary>"
            "<AutoType><Enabled>False</Enabled><DataTransferObfuscation>1</DataTransferObfuscation>"
            f"<DefaultSequence>{{USERNAME}} {{ENTER}}</DefaultSequence>{associations}</AutoType>"
            f"{rest}{f'<History>{history}</History>' if history else ''}</Entry>"
        )

    def group(self, number, name, inside, icon="<IconID>5</IconID>", rest=""):
        return (
            f"<Group><UUID>{self.id(number)}</UUID><Name>{name}</Name><Notes> of a group\n</Notes>{icon}"
            f"{self.times(expires=True)}<IsExpanded>False</IsExpanded>"
            "<DefaultAutoTypeSequence>{TAB} </DefaultAutoTypeSequence><EnableAutoType>False</EnableAutoType>"
            f"<EnableSearching>True</EnableSearching><LastTopVisibleEntry>{self.id(11)}</LastTopVisibleEntry>"
            f"{rest}{inside}</Group>"
        )

    def meta(self):
        name = "<Name>mine</Name><LastModificationTime>2022-01-02T03:04:05Z</LastModificationTime>"
        icon = f"<Icon><UUID>{self.id(200)}</UUID><Data>{PICTURE}</Data>{self.since('4.1', name)}</Icon>"
        protection = "".join(
            f"<Protect{what}>{what != 'URL'}</Protect{what}>" for what in ("Title", "UserName", "Password", "URL", "Notes")
        )
        changed = "2020-01-02T03:04:05Z"
        letters = "".join(
            f'<Binary ID="{number}" Compressed="False">{base64.b64encode(content).decode()}</Binary>'
            for number, content in enumerate((LETTER, b""))
        )
        return (
            f"<Meta><Generator>KeePassXC</Generator><DatabaseName> mine </DatabaseName><DatabaseNameChanged>{changed}"
            "</DatabaseNameChanged><DatabaseDescription>of me\n </DatabaseDescription><DatabaseDescriptionChanged>"
            f"{changed}</DatabaseDescriptionChanged><DefaultUserName>me</DefaultUserName><DefaultUserNameChanged>{changed}"
            "</DefaultUserNameChanged><MaintenanceHistoryDays>30</MaintenanceHistoryDays><Color>#123456</Color>"
            f"<MasterKeyChanged>{changed}</MasterKeyChanged><MasterKeyChangeRec>10</MasterKeyChangeRec>"
            f"<MasterKeyChangeForce>20</MasterKeyChangeForce><MemoryProtection>{protection}</MemoryProtection>"
            f"<CustomIcons>{icon}</CustomIcons><RecycleBinEnabled>True</RecycleBinEnabled><RecycleBinUUID>{self.id(5)}"
            f"</RecycleBinUUID><RecycleBinChanged>{changed}</RecycleBinChanged><EntryTemplatesGroup>{self.id(4)}"
            f"</EntryTemplatesGroup><EntryTemplatesGroupChanged>{changed}</EntryTemplatesGroupChanged><LastSelectedGroup>"
            f"{self.id(2)}</LastSelectedGroup><LastTopVisibleGroup>{self.id(3)}</LastTopVisibleGroup><HistoryMaxItems>5"
            f"</HistoryMaxItems><HistoryMaxSize>100000</HistoryMaxSize><Binaries>{letters}</Binaries><CustomData><Item>"
            "<Key>browser</Key><Value>  x=1 </Value></Item></CustomData></Meta>"
        )

    def deleted(self):
        moment = "<DeletionTime>2020-01-02T03:04:05Z</DeletionTime>"
        return f"<DeletedObjects><DeletedObject><UUID>{self.id(77)}</UUID>{moment}</DeletedObject></DeletedObjects>"


def seen_by_keepassxc(database, password):
    """Returns what KeePassXC exports of a database, as XML and as CSV, but for the group and the entries of ours."""
    document = ElementTree.fromstring(keepassxc("export", "-f", "xml", database, said=[password]))
    rows = csv.reader(io.StringIO(keepassxc("export", "-f", "csv", database, said=[password])))
    return tree(document), [row for row in rows if row[1] != "CI_USER"]


def tree(element):
    """Returns an element as `(name, attributes, text, children)`, in one notation for all versions."""
    # KeePassXC has attachments in the document up to version 3.1 only; pykeepass reads those of any version. And what it
    # shows as the time of custom data or settings, where the file has none, is the time at which it read them.
    volatile = {"Binaries", "SettingsChanged"} | ({"LastModificationTime"} if element.tag == "Item" else set())
    children = [child for child in element if child.tag not in volatile and not is_ours(child)]
    children = [child for child in children if child.findtext("Key") != "_LAST_MODIFIED"]
    text = (element.text or "") if len(element) == 0 else ""
    if element.tag.endswith(("Time", "Changed")):
        text = instant(text)
    if element.tag == "Tags":
        text = re.split("[;,]", text)
    attributes = {name: value for name, value in element.attrib.items() if name != "Ref"}
    children = [tree(child) for child in children]
    keyed = {"String", "Binary", "Item"}
    children.sort(key=lambda child: str(child[3][0]) if child[0] in keyed else "")
    return element.tag, attributes, text, children


def is_ours(element):
    """Tells whether it is our group, or an entry of a CI user, wherever it lies."""
    if element.tag == "Group":
        return element.findtext("Name") == "AWS"
    return element.tag == "Entry" and any(field.findtext("Key") == "arn" for field in element.findall("String"))


def instant(text):
    """Returns a moment, which version 3 has as a date and version 4 as a number of seconds since the year 1."""
    if "T" in text and text.endswith("Z"):
        return datetime.fromisoformat(text)
    seconds = int.from_bytes(base64.b64decode(text), "little")
    return datetime(1, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=seconds)


def seen_by_pykeepass(database, password):
    """Returns every entry that pykeepass finds, with its versions of before and attachments, but for those of ours."""
    opened = PyKeePass(database, password=password)
    entries = [entry for entry in opened.entries if "arn" not in entry.custom_properties]
    return {
        (tuple(entry.path), entry.uuid): [version(one, opened.binaries) for one in (entry, *entry.history)]
        for entry in entries
    }


def version(entry, binaries):
    """Returns all that pykeepass tells of one version of an entry."""
    custom = entry.custom_properties
    # `attachments` of pykeepass leaves those of histories out.
    attached = entry._element.findall("Binary")
    return {
        "fields": (entry.title, entry.username, entry.password, entry.url, entry.notes),
        "custom": custom,
        "protected": {key: entry.is_custom_property_protected(key) for key in custom},
        "attachments": {one.findtext("Key"): binaries[int(one.find("Value").get("Ref"))] for one in attached},
        "tags": entry.tags,
        # Beside a picture of one's own the number counts for nothing; KeePassXC writes 0 there, whatever it was.
        "icon": entry._element.findtext("CustomIconUUID") or entry.icon,
        "times": (entry.ctime, entry.mtime, entry.atime, entry.expires, entry.expiry_time),
        "autotype": (entry.autotype_enabled, entry.autotype_sequence, entry.autotype_window),
    }
