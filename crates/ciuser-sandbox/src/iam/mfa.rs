//! Virtual MFA devices. Their seeds are not kept: a code is taken for right if it has six digits, and two codes in
//! a row must differ.

use crate::entropy;
use crate::iam::action::Call;
use crate::iam::page::Page;
use crate::iam::state::{MfaAssignment, MfaDevice, State};
use crate::iam::{quota, refusal, tag};
use crate::wire::{AwsError, Params, Xml};

const SERIAL_PATTERN: &str = r"satisfy regular expression pattern: [\w+=/:,.@-]+";

impl State {
    /// Returns a user's devices, by serial number.
    pub(super) fn mfa_devices_of(&self, user_id: &str) -> impl Iterator<Item = (&str, &MfaAssignment)> {
        self.mfa_devices
            .iter()
            .filter_map(|(serial, device)| Some((serial.as_str(), device.assigned.as_ref()?)))
            .filter(move |(_, assigned)| assigned.user_id == user_id)
    }
}

pub(super) fn create_virtual_mfa_device(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let name = call.params.name("VirtualMFADeviceName", 226)?;
    let path = call.params.path("Path")?.unwrap_or("/");
    let tags = tag::tags_of_a_policy(call.params)?;
    let serial = format!("arn:aws:iam::{}:mfa{path}{name}", call.account_id);
    if call.state.mfa_devices.contains_key(&serial) {
        return Err(refusal::mfa_device_exists());
    }
    xml.element("VirtualMFADevice", |xml| {
        xml.text("SerialNumber", &serial);
        xml.text("Base32StringSeed", &entropy::secret(88, call.entropy));
        xml.text("QRCodePNG", &entropy::secret(88, call.entropy));
        if !tags.is_empty() {
            tag::write(xml, &tags);
        }
    });
    call.state
        .mfa_devices
        .insert(serial, MfaDevice { tags, assigned: None });
    Ok(())
}

pub(super) fn enable_mfa_device(call: &mut Call<'_>, _xml: &mut Xml) -> Result<(), AwsError> {
    let name = call.params.name("UserName", 128)?;
    let serial = serial_number(call.params)?;
    let codes = [
        code(call.params, "AuthenticationCode1")?,
        code(call.params, "AuthenticationCode2")?,
    ];
    let user_id = call.state.user(name, call.now)?.id.clone();
    let owned = call.state.mfa_devices_of(&user_id).count();
    let device = call
        .state
        .mfa_devices
        .get_mut(serial)
        .ok_or_else(|| refusal::no_such_mfa_device(serial))?;
    if device.assigned.is_some() {
        return Err(refusal::mfa_device_in_use());
    }
    if codes[0] == codes[1] {
        return Err(refusal::wrong_authentication_code());
    }
    if owned >= quota::MFA_DEVICES_PER_USER {
        return Err(refusal::quota("MFADevicesPerUser", quota::MFA_DEVICES_PER_USER));
    }
    device.assigned = Some(MfaAssignment {
        user_id,
        enabled: call.date,
    });
    Ok(())
}

pub(super) fn list_mfa_devices(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let name = call.user_name_or_caller(128)?;
    let user = call.state.user(&name, call.now)?;
    let devices = call.state.mfa_devices_of(&user.id).collect();
    let page = Page::of(devices, call.params, |(serial, _): &(&str, &MfaAssignment)| {
        (*serial).to_owned()
    })?;
    xml.members("MFADevices", &page.items, |xml, (serial, assigned)| {
        xml.text("UserName", &user.name);
        xml.text("SerialNumber", serial);
        xml.time("EnableDate", assigned.enabled);
    });
    page.end(xml);
    Ok(())
}

pub(super) fn deactivate_mfa_device(call: &mut Call<'_>, _xml: &mut Xml) -> Result<(), AwsError> {
    let name = call.user_name_or_caller(128)?;
    let serial = serial_number(call.params)?;
    let user_id = call.state.user(&name, call.now)?.id.clone();
    let device = call.state.mfa_devices.get_mut(serial);
    let device = device.filter(|device| {
        device
            .assigned
            .as_ref()
            .is_some_and(|assigned| assigned.user_id == user_id)
    });
    device.ok_or_else(|| refusal::no_such_mfa_device(serial))?.assigned = None;
    Ok(())
}

pub(super) fn delete_virtual_mfa_device(call: &mut Call<'_>, _xml: &mut Xml) -> Result<(), AwsError> {
    let serial = serial_number(call.params)?;
    let device = call
        .state
        .mfa_devices
        .get(serial)
        .ok_or_else(|| refusal::no_such_mfa_device(serial))?;
    if device.assigned.is_some() {
        return Err(refusal::delete_conflict(
            "MFA VirtualDevice in use. Must deactivate first.",
        ));
    }
    call.state.mfa_devices.remove(serial);
    Ok(())
}

fn serial_number(params: &Params) -> Result<&str, AwsError> {
    let serial = params.bounded("SerialNumber", 9, 256)?;
    if serial
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "_+=/:,.@-".contains(c))
    {
        return Ok(serial);
    }
    Err(refusal::constraint("serialNumber", SERIAL_PATTERN))
}

fn code<'a>(params: &'a Params, name: &str) -> Result<&'a str, AwsError> {
    let code = params.bounded(name, 6, 6)?;
    if code.chars().all(|c| c.is_ascii_digit()) {
        return Ok(code);
    }
    Err(refusal::constraint(
        &super::constraint::field(name),
        r"satisfy regular expression pattern: [\d]+",
    ))
}
