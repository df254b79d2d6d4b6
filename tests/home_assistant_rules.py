"""The keys that Home Assistant knows in a device's description, as far as ours may use them.

Source:
    Home Assistant 2024.11 to 2026.11: the schemas of its MQTT integration, and its table of
    abbreviations. Not a copy: only keys that all of these know, but for ``def_ent_id``
    (2025.10), which earlier ones ignore.
"""

from __future__ import annotations

AT_ROOT = {"dev", "o", "avty", "avty_mode", "qos", "cmps"}
"""One key more, and the whole description is dropped."""

OF_DEVICE = {"ids", "cns", "name", "mf", "mdl", "mdl_id", "sw", "hw", "sn", "cu", "sa", "via_device"}
OF_ORIGIN = {"name", "sw", "url"}

SHARED = {
    *("p", "name", "uniq_id", "def_ent_id", "ent_cat", "en", "ic", "qos", "e", "~"),
    *("avty", "avty_mode", "json_attr_t", "json_attr_tpl"),
}
_READ = {"stat_t", "val_tpl"}
_COMMAND = {"cmd_t", "cmd_tpl", "ret"}

OF_PLATFORM = {
    "binary_sensor": {*_READ, "dev_cla", "exp_aft", "frc_upd", "off_dly", "pl_on", "pl_off"},
    "sensor": {*_READ, "dev_cla", "exp_aft", "frc_upd", "stat_cla", "unit_of_meas", "sug_dsp_prc", "ops"},
    "event": {*_READ, "dev_cla", "evt_typ"},
    "image": {"img_t", "img_e", "cont_type", "url_t", "url_tpl"},
    "switch": {*_READ, *_COMMAND, "dev_cla", "opt", "pl_on", "pl_off", "stat_on", "stat_off"},
    "number": {*_READ, *_COMMAND, "dev_cla", "opt", "min", "max", "step", "mode", "unit_of_meas"},
    "button": {*_COMMAND, "dev_cla", "pl_prs"},
}
